using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>How API keys are kept and counted; section <c>ApiKeys</c> of the configuration.</summary>
[Section(ApiKeyOptions.Section)]
public sealed class ApiKeyOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "ApiKeys";

    /// <summary>
    /// The folder of the peppers, the same for every node: text files of 32 random bytes in base64 whose names, in ordinal order, go from
    /// oldest to newest. When it is
    /// empty a first one is made. <c>api-key-peppers</c> under <c>CRM_HOME</c> when not configured.
    /// </summary>
    public string? PepperFolder { get; init; }

    /// <summary>
    /// How often the counts of what keys were used for are written: 1 s – 1 min, 5 s by default. A process that is killed loses no more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan UsageInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many counts a node keeps apart between two writes; what is beyond is counted without the address. 10,000 by default.
    /// </summary>
    [Range(1, 1_000_000)]
    public int UsageCapacity { get; init; } = 10_000;
}
