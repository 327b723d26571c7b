using Crm.Domain.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Administration;

/// <summary>
/// The plans that the host offers: section <c>Plans</c> of the configuration, such as <c>Plans:free:Records=1000</c>. None need be there.
/// </summary>
public sealed class PlanOptions : Dictionary<string, TenantLimits>, IModule
{
    /// <summary>Registers the plans; their names are not known, so nothing here can carry annotations.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<PlanOptions>().BindConfiguration("Plans")
            .Validate(plans => plans.AreValid(), "Plans: a limit of users or of requests is 1 or more, one of records or of API keys 0 or more.")
            .ValidateOnStart();
        services.AddSingleton(provider => new Plans(provider.GetRequiredService<IOptions<PlanOptions>>().Value));
    }

    private bool AreValid() => Values.All(limits =>
        limits.Users is null or >= 1 && limits.Records is null or >= 0
        && limits.RequestsPerMinute is null or >= 1 && limits.ApiKeys is null or >= 0);
}
