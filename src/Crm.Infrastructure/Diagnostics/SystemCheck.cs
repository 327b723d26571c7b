using Crm.Domain.Common;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What it is, such as <c>server version</c>.</param>
/// <param name="Detail">What was found, in a few words.</param>
/// <param name="Fault">What is wrong with it; <c>null</c> when nothing is.</param>
public sealed record SystemCheck(string Name, string Detail, CannotRunException? Fault = null)
{
    /// <summary>What is not as it should be, though the system runs with it; one sentence, <c>null</c> when there is nothing.</summary>
    public string? Warning { get; init; }
}
