namespace Crm.Infrastructure.Diagnostics;

/// <summary>When the system counts as ready.</summary>
public sealed class ReadinessOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Readiness";

    /// <summary>So many bytes must be free where the system keeps its files; 512 MiB unless set.</summary>
    public long LeastFreeBytes { get; set; } = DiskChecks.LeastFreeBytes;

    /// <summary>So long a check may take before it counts as failed; 2 seconds unless set.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
