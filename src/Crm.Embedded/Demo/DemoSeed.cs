using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using Crm.Infrastructure;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Embedded.Demo;

/// <summary>
/// Makes the demo: an operator of the host and two tenants, each with the whole sample and an owner of its own. It can be cut off at any
/// point and goes on where it stood; once <c>demo.json</c> is complete nothing is done any more.
/// </summary>
public static class DemoSeed
{
    private const string OperatorEmail = "operator@host.example";

    private static readonly DemoTenantPlan[] Plans =
    [
        new("acme-sales", "Acme Sales", "Dustin Brinkmann"),
        new("globex-sales", "Globex Sales", "Melvin Marxen"),
    ];

    /// <summary>The file that says how to sign in, in a home; it exists once the demo is complete.</summary>
    public static string FileIn(string home) => Path.Combine(Path.GetFullPath(home), "demo.json");

    /// <summary>Makes what is missing of the demo.</summary>
    /// <exception cref="CannotRunException">It cannot be made; the message is one sentence for the operator.</exception>
    public static async Task<DemoAccess> RunAsync(IServiceProvider services, string home, Uri baseUrl, CancellationToken cancellationToken)
    {
        var path = FileIn(home);
        var url = baseUrl.GetLeftPart(UriPartial.Authority);
        if (DemoAccess.Read(path) is { } known && await IsThereAsync(services, known, cancellationToken))
        {
            // One that was made before there were API keys gets them now.
            var present = await DemoKeys.CompleteAsync(services, known with { BaseUrl = url }, cancellationToken);
            if (known.BaseUrl != url || known.Tenants.Any(t => t.ApiKey is null))
                present.Write(path);
            return present;
        }

        var operatorPassword = NewPassword();
        await SendAsync(services, new CreateAdmin(null, OperatorEmail, "Host Operator", operatorPassword, ResetPassword: true), cancellationToken);
        var tenants = new List<DemoTenant>();
        foreach (var plan in Plans)
            tenants.Add(await PutTenantAsync(services, plan, cancellationToken));
        await Task.WhenAll(tenants.Select(tenant => DemoData.FillAsync(services, tenant.Id, cancellationToken)));

        var access = await DemoKeys.CompleteAsync(services, new DemoAccess(url, new DemoOperator(OperatorEmail, operatorPassword), tenants), cancellationToken);
        access.Write(path);
        return access;
    }

    /// <summary>Carries out a use case in the system's name.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    internal static async Task<T> SendAsync<T>(IServiceProvider services, IRequest<T> request, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("demo"));
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
    }

    // The file may have outlived its database.
    private static async Task<bool> IsThereAsync(IServiceProvider services, DemoAccess access, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IMultiTenantStore>();
        foreach (var tenant in access.Tenants)
        {
            if (await store.GetAsync(tenant.Id, cancellationToken) is null)
                return false;
        }

        return access.Tenants.Count == Plans.Length;
    }

    private static async Task<DemoTenant> PutTenantAsync(IServiceProvider services, DemoTenantPlan plan, CancellationToken cancellationToken)
    {
        var password = NewPassword();
        var existing = await services.GetRequiredService<IMultiTenantStore>().GetByIdentifierAsync(plan.Identifier, cancellationToken);
        if (existing is null or { Status: TenantStatuses.Preparing })
        {
            var made = await SendAsync(services, new CreateTenant(plan.Identifier, plan.Name, "USD"), cancellationToken);
            await SendAsync(services, new CreateAdmin(plan.Identifier, plan.OwnerEmail, plan.OwnerName, password, ResetPassword: true), cancellationToken);
            return new DemoTenant(plan.Identifier, made.Id, plan.OwnerEmail, password, ApiKey: null);
        }

        // A tenant that someone else made under this name is left alone; one of an earlier attempt gets a new password.
        if (!await IsOwnedAsync(services, existing.TenantId, plan.OwnerEmail, cancellationToken))
            throw new CannotRunException("demo_tenant_taken", $"There is a tenant '{plan.Identifier}' that is not the demo's: start with --no-demo.");
        await SendAsync(services, new CreateAdmin(plan.Identifier, plan.OwnerEmail, plan.OwnerName, password, ResetPassword: true), cancellationToken);
        return new DemoTenant(plan.Identifier, existing.TenantId, plan.OwnerEmail, password, ApiKey: null);
    }

    private static async Task<bool> IsOwnedAsync(IServiceProvider services, Guid tenantId, string email, CancellationToken cancellationToken)
    {
        var users = services.GetRequiredService<IUserDirectory>();
        return await users.FindByEmailAsync(email, cancellationToken) is { } owner
            && (await users.ListMembershipsAsync(owner.Id, cancellationToken)).Any(m => m.TenantId == tenantId);
    }

    // The front satisfies every password policy, the rest is random.
    private static string NewPassword() => "Aa1-" + SecretsFile.NewPassword();

    private sealed record DemoTenantPlan(string Identifier, string Name, string OwnerName)
    {
        public string OwnerEmail => DemoData.EmailOf(OwnerName, Identifier);
    }
}
