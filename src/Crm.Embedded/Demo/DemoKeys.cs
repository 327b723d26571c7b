using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Embedded.Demo;

/// <summary>Makes the API keys of the demo, each in the name of its tenant's owner.</summary>
internal static class DemoKeys
{
    private const string Name = "Demo";

    /// <summary>Makes the keys that are missing; each may do all that the owner may.</summary>
    public static async Task<DemoAccess> CompleteAsync(IServiceProvider services, DemoAccess access, CancellationToken cancellationToken)
    {
        var tenants = new List<DemoTenant>();
        foreach (var tenant in access.Tenants)
            tenants.Add(tenant.ApiKey is null ? tenant with { ApiKey = await MakeAsync(services, tenant, cancellationToken) } : tenant);
        return access with { Tenants = tenants };
    }

    private static async Task<string?> MakeAsync(IServiceProvider services, DemoTenant demo, CancellationToken cancellationToken)
    {
        // Whoever has made the demo their own keeps what they made of it: without its owner there is no key.
        var owner = await services.GetRequiredService<IUserDirectory>().FindByEmailAsync(demo.Email, cancellationToken);
        if (owner is null || await services.GetRequiredService<IAccessReader>().ReadAsync(demo.Id, owner.Id, cancellationToken) is not { } member)
            return null;

        var tenant = await services.GetRequiredService<IMultiTenantStore>().GetAsync(demo.Id, cancellationToken);
        using var inTenant = services.GetRequiredService<ITenantScope>().Use(tenant!);
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>()
            .Set(new CallerIdentity(ActorTypes.User, owner.Id, IsHostOperator: false, member.Role, member.Permissions, "demo"));
        var issued = await scope.ServiceProvider.GetRequiredService<IMediator>()
            .Send(new CreateApiKey(Name, [.. Permissions.Scopes.Where(member.Permissions.Contains)], AllowedIps: null, ExpiresAt: null), cancellationToken);
        return issued.Secret;
    }
}
