using System.ComponentModel.DataAnnotations;

namespace Crm.Application.MultiTenancy;

/// <summary>How the tenant of a request is found; section <c>MultiTenancy</c> of the configuration.</summary>
[Section("MultiTenancy")]
public sealed class MultiTenancyOptions
{
    /// <summary>
    /// The domain under which each tenant has a host name of its own, such as <c>crm.example</c>; empty when host names do not name tenants.
    /// </summary>
    public string BaseDomain { get; init; } = "";

    /// <summary>First labels of host names that name no tenant, separated by commas.</summary>
    public string ReservedLabels { get; init; } = "www,api,app,admin";

    /// <summary>
    /// How long a node may go on using what it knows of a tenant, 0–60 s: as long as a suspension takes at most; 1 s by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many tenants a node remembers at most.</summary>
    [Range(2, 1_000_000)]
    public int CacheCapacity { get; init; } = 10_000;
}
