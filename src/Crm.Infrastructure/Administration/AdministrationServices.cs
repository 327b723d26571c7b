using Crm.Application.Tenants;
using Crm.Domain.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Administration;

/// <summary>Registers what administers tenants.</summary>
public static class AdministrationServices
{
    /// <summary>Registers plans, and what guards the creation and the removal of tenants.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services)
    {
        services.AddOptions<TenantOptions>().BindConfiguration(TenantOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PlanOptions>().BindConfiguration(PlanOptions.Section)
            .Validate(plans => plans.AreValid(), "Plans: a limit of users or of requests is 1 or more, one of records or of API keys 0 or more.").ValidateOnStart();
        services.AddSingleton(provider => new Plans(provider.GetRequiredService<IOptions<PlanOptions>>().Value));
        services.AddSingleton<ITenantRemoval, TenantRemoval>();
        services.AddSingleton<ITenantClaims, TenantClaims>();
        services.AddHostedService<TenantSweep>();
        return services;
    }
}
