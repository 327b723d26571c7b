using Crm.Domain.Tenants;

namespace Crm.Infrastructure.Administration;

/// <summary>
/// The plans that the host offers: section <c>Plans</c> of the configuration, such as <c>Plans:free:Records=1000</c>. None need be there.
/// </summary>
public sealed class PlanOptions : Dictionary<string, TenantLimits>
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Plans";

    /// <summary>Whether all numbers can be limits.</summary>
    public bool AreValid() => Values.All(limits =>
        limits.Users is null or >= 1 && limits.Records is null or >= 0
        && limits.RequestsPerMinute is null or >= 1 && limits.ApiKeys is null or >= 0);
}
