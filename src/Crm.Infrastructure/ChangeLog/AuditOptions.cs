using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>How the log is sealed, and how much of what is refused is written to it; section <c>Audit</c> of the configuration.</summary>
[Section(AuditOptions.Section)]
public sealed class AuditOptions : IModule
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Audit";

    /// <summary>The fewest random bytes of a key.</summary>
    public const int LeastKeyLength = 32;

    /// <summary>How often what is new is sealed, 100 ms – 1 h: as long, and no longer, an entry can be changed without a trace.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SealInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The key that seals are signed with, 32 random bytes or more in Base64, the same for all nodes; made once, in <c>CRM_HOME</c>, when
    /// none is given.
    /// </summary>
    public string? SealKey { get; set; }

    /// <summary>Keys that seals were signed with before, by which these are still verified.</summary>
    public IReadOnlyList<string> PastSealKeys { get; set; } = [];

    /// <summary>
    /// How often refusals are written, 100 ms – 1 h, one entry for each caller, request and code with the number of times.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many failed sign-ins from one address get an entry each within a minute, 0–1000; those beyond are counted.</summary>
    [Range(0, 1000)]
    public int FailuresPerMinute { get; set; } = 30;

    /// <inheritdoc />
    public static void Register(IServiceCollection services) => services.AddOptions<AuditOptions>()
        .Validate(options => options.HasGoodKeys(), "Audit:SealKey and Audit:PastSealKeys are 32 random bytes or more in Base64.");

    private bool HasGoodKeys() => PastSealKeys.Append(SealKey).OfType<string>()
        .All(key => Convert.TryFromBase64String(key, new byte[key.Length], out var length) && length >= LeastKeyLength);
}
