using System.CommandLine;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Api.Cli;

/// <summary><c>crm tenants</c>: creates, lists, suspends and activates tenants.</summary>
internal static class TenantsCommand
{
    private const int PageSize = 200;

    private static readonly Argument<string> Identifier = new("identifier") { Description = "The tenant's short name, such as acme." };
    private static readonly Option<string> Name = new("--name") { Description = "The name people see.", Required = true, HelpName = "name" };
    private static readonly Option<string?> Currency = new("--currency") { Description = "The currency of amounts given without one, ISO 4217; USD when left out.", HelpName = "code" };

    public static Command Create()
    {
        var create = new Command("create", "Creates a tenant that is ready to use.") { Identifier, Name, Currency };
        create.SetAction((parsed, cancellationToken) => CliHost.UseAsync(
            async (_, mediator) => await WriteAsync(await mediator.Send(
                new CreateTenant(parsed.GetRequiredValue(Identifier), parsed.GetRequiredValue(Name), parsed.GetValue(Currency)), cancellationToken)),
            cancellationToken));

        var list = new Command("list", "Lists the tenants: identifier, status, id and name, parted by tabs.");
        list.SetAction((_, cancellationToken) => CliHost.UseAsync((_, mediator) => ListAsync(mediator, cancellationToken), cancellationToken));

        var suspend = new Command("suspend", "Closes a tenant for the time being.") { Identifier };
        suspend.SetAction((parsed, cancellationToken) => SetStatusAsync(parsed.GetRequiredValue(Identifier), id => new SuspendTenant(id), cancellationToken));

        var activate = new Command("activate", "Puts a suspended tenant in use again.") { Identifier };
        activate.SetAction((parsed, cancellationToken) => SetStatusAsync(parsed.GetRequiredValue(Identifier), id => new ActivateTenant(id), cancellationToken));

        return new Command("tenants", "Creates, lists, suspends and activates tenants.") { create, list, suspend, activate };
    }

    private static async Task ListAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await mediator.Send(new ListTenants(PageSize, cursor), cancellationToken);
            foreach (var tenant in page.Data)
                await WriteAsync(tenant);
            cursor = page.Page.NextCursor;
        }
        while (cursor is not null);
    }

    private static Task<int> SetStatusAsync(string identifier, Func<Guid, IRequest<TenantDto>> request, CancellationToken cancellationToken) => CliHost.UseAsync(
        async (services, mediator) =>
        {
            var tenant = await services.GetRequiredService<IMultiTenantStore>().GetByIdentifierAsync(identifier, cancellationToken) ?? throw new NotFoundException("tenant");
            await WriteAsync(await mediator.Send(request(tenant.TenantId), cancellationToken));
        },
        cancellationToken);

    private static Task WriteAsync(TenantDto tenant) => Console.Out.WriteLineAsync($"{tenant.Identifier}\t{tenant.Status}\t{tenant.Id}\t{tenant.Name}");
}
