using System.ComponentModel.DataAnnotations;

namespace Crm.Application.Tenants;

/// <summary>How tenants end; section <c>Tenants</c> of the configuration.</summary>
[Section("Tenants")]
public sealed class TenantOptions
{
    /// <summary>
    /// How long a deleted tenant can be restored, 1 hour – 1 year; 30 days by default. Never less than what may still be under way when a
    /// tenant
    /// is closed.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan DeletionGrace { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often tenants whose time of grace is over are looked for, 1 s – 1 day; 1 minute by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many rows of such a tenant are removed in one transaction, 1–10,000; 1,000 by default.</summary>
    [Range(1, 10_000)]
    public int SweepBatch { get; init; } = 1000;
}
