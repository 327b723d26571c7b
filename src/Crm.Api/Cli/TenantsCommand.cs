using System.CommandLine;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Api.Cli;

/// <summary><c>crm tenants</c>: everything the host does with tenants.</summary>
internal static class TenantsCommand
{
    private const int PageSize = 200;

    private static readonly Argument<string> Identifier = new("identifier") { Description = "The tenant's short name, such as acme." };
    private static readonly Option<string> Name = new("--name") { Description = "The name people see.", Required = true, HelpName = "name" };
    private static readonly Option<string?> Currency = new("--currency") { Description = "The currency of amounts given without one, ISO 4217; USD when left out.", HelpName = "code" };

    private static readonly Option<string?> NewName = new("--name") { Description = "The new name people see.", HelpName = "name" };
    private static readonly Option<string?> NewIdentifier = new("--identifier") { Description = "The new short name.", HelpName = "identifier" };
    private static readonly Option<string?> Plan = new("--plan") { Description = "The plan, one of those in the configuration.", HelpName = "plan" };

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
        suspend.SetAction((parsed, cancellationToken) => ChangeAsync(parsed.GetRequiredValue(Identifier), tenant => new SuspendTenant(tenant.Id), cancellationToken));

        var activate = new Command("activate", "Puts a suspended tenant in use again.") { Identifier };
        activate.SetAction((parsed, cancellationToken) => ChangeAsync(parsed.GetRequiredValue(Identifier), tenant => new ActivateTenant(tenant.Id), cancellationToken));

        var update = new Command("update", "Renames a tenant, or gives it another plan; what is not named stays.") { Identifier, NewName, NewIdentifier, Currency, Plan };
        update.SetAction((parsed, cancellationToken) => ChangeAsync(parsed.GetRequiredValue(Identifier), tenant => new UpdateTenant(tenant.Id, TenantChange.Of(tenant) with
        {
            Name = parsed.GetValue(NewName) ?? tenant.Name,
            Identifier = parsed.GetValue(NewIdentifier) ?? tenant.Identifier,
            Currency = parsed.GetValue(Currency) ?? tenant.Currency,
            Plan = parsed.GetValue(Plan) ?? tenant.Plan,
        }, tenant.Version), cancellationToken));

        var delete = new Command("delete", "Closes a tenant, and removes it when its time of grace is over.") { Identifier };
        delete.SetAction((parsed, cancellationToken) => ChangeAsync(parsed.GetRequiredValue(Identifier), tenant => new DeleteTenant(tenant.Id), cancellationToken));

        var restore = new Command("restore", "Keeps a tenant that was to be removed.") { Identifier };
        restore.SetAction((parsed, cancellationToken) => ChangeAsync(parsed.GetRequiredValue(Identifier), tenant => new RestoreTenant(tenant.Id), cancellationToken));

        var usage = new Command("usage", "Tells how much of what a tenant has: users, records by type, bytes of files.") { Identifier };
        usage.SetAction((parsed, cancellationToken) => UseTenantAsync(
            parsed.GetRequiredValue(Identifier), async (mediator, tenant) => await WriteAsync(await mediator.Send(new GetTenantUsage(tenant.Id), cancellationToken)), cancellationToken));

        return new Command("tenants", "Creates, lists, changes, suspends and deletes tenants.") { create, list, update, suspend, activate, delete, restore, usage };
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

    private static Task<int> ChangeAsync(string identifier, Func<TenantDto, IRequest<TenantDto>> request, CancellationToken cancellationToken) =>
        UseTenantAsync(identifier, async (mediator, tenant) => await WriteAsync(await mediator.Send(request(tenant), cancellationToken)), cancellationToken);

    private static Task<int> UseTenantAsync(string identifier, Func<IMediator, TenantDto, Task> use, CancellationToken cancellationToken) => CliHost.UseAsync(
        async (services, mediator) =>
        {
            var tenant = await services.GetRequiredService<IMultiTenantStore>().GetByIdentifierAsync(identifier, cancellationToken) ?? throw TenantErrors.NotFound();
            await use(mediator, TenantDto.Of(tenant));
        },
        cancellationToken);

    private static async Task WriteAsync(TenantUsage usage)
    {
        await Console.Out.WriteLineAsync($"users\t{usage.Users.Active}\t{usage.Users.Inactive}");
        foreach (var (type, count) in usage.Records.OrderBy(r => r.Key, StringComparer.Ordinal))
            await Console.Out.WriteLineAsync($"{type}\t{count.Live}\t{count.InTrash}");
        await Console.Out.WriteLineAsync($"storageBytes\t{usage.StorageBytes}");
    }

    private static Task WriteAsync(TenantDto tenant) => Console.Out.WriteLineAsync($"{tenant.Identifier}\t{tenant.Status}\t{tenant.Id}\t{tenant.Name}");
}
