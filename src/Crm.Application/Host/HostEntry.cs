using System.Globalization;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;

namespace Crm.Application.Host;

/// <summary>An entry of the host's log, to be written in the same statement as what it tells of.</summary>
/// <param name="Action">What happened; one of <see cref="HostActions"/>.</param>
/// <param name="Subject">What it happened to, such as <c>tenant:{id}</c>.</param>
/// <param name="ActorId">The user who did it, if any.</param>
/// <param name="CorrelationId">The trace or job it belongs to, if any.</param>
/// <param name="Fields">Further details; never a secret.</param>
public sealed record HostEntry(string Action, string Subject, Guid? ActorId, string? CorrelationId, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>One of <see cref="Domain.ChangeLog.ActorTypes"/>.</summary>
    public string ActorType { get; init; } = Domain.ChangeLog.ActorTypes.User;

    /// <summary>The address the caller called from, if any.</summary>
    public System.Net.IPAddress? Address { get; init; }

    /// <summary>The caller's session, if any.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>What the present caller does to a tenant.</summary>
    /// <param name="action">What happens; one of <see cref="HostActions"/>.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="caller">The caller.</param>
    /// <returns>The entry.</returns>
    public static HostEntry OfTenant(string action, CrmTenantInfo tenant, ICaller caller) => OfTenant(action, tenant, caller, []);

    /// <summary>What the present caller changes of a tenant.</summary>
    /// <param name="action">What happens; one of <see cref="HostActions"/>.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="changes">What changes: name, value before, value after. What does not change is left out.</param>
    /// <returns>The entry.</returns>
    public static HostEntry OfTenant(string action, CrmTenantInfo tenant, ICaller caller, IEnumerable<(string Name, object? Before, object? After)> changes)
    {
        var fields = new Dictionary<string, string> { ["identifier"] = tenant.Identifier, ["tenantId"] = tenant.Id };
        foreach (var (name, before, after) in changes.Where(c => !Equals(c.Before, c.After)))
            fields[name] = $"{Text(before)} -> {Text(after)}";
        return new(action, $"tenant:{tenant.Id}", caller.UserId, caller.CorrelationId, fields)
        {
            ActorType = caller.ActorType,
            Address = caller.Address,
            SessionId = caller.SessionId,
        };
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";
}
