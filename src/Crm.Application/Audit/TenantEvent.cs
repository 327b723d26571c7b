using System.Globalization;
using Crm.Application.Authorization;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;

namespace Crm.Application.Audit;

/// <summary>
/// A security event about a tenant, to be written in the same statement as what it tells of: to the host's log, or to the tenant's own
/// where the tenant's
/// admins acted.
/// </summary>
/// <param name="Action">What happened; one of <see cref="SecurityActions"/>.</param>
/// <param name="Subject">What it happened to, such as <c>tenant:{id}</c>.</param>
/// <param name="ActorId">The user or key that did it, if any.</param>
/// <param name="CorrelationId">The trace or job it belongs to, if any.</param>
/// <param name="Fields">Further details; never a secret.</param>
public sealed record TenantEvent(string Action, string Subject, Guid? ActorId, string? CorrelationId, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>One of <see cref="Domain.ChangeLog.ActorTypes"/>.</summary>
    public string ActorType { get; init; } = Domain.ChangeLog.ActorTypes.User;

    /// <summary>The address the caller called from, if any.</summary>
    public System.Net.IPAddress? Address { get; init; }

    /// <summary>The caller's session, if any.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The name of the request, such as <c>SuspendTenant</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether the tenant's own log is to tell, and not the host's. Only for the present tenant.</summary>
    public bool InTenant { get; init; }

    /// <summary>What the present caller does to a tenant.</summary>
    public static TenantEvent Of(string action, CrmTenantInfo tenant, ICaller caller, RequestOrigin origin) => Of(action, tenant, caller, origin, []);

    /// <summary>What the present caller changes of a tenant.</summary>
    public static TenantEvent Of(
        string action, CrmTenantInfo tenant, ICaller caller, RequestOrigin origin, IEnumerable<(string Name, object? Before, object? After)> changes)
    {
        var fields = new Dictionary<string, string> { ["identifier"] = tenant.Identifier, [SecurityFields.TenantId] = tenant.Id };
        foreach (var (name, before, after) in changes.Where(c => !Equals(c.Before, c.After)))
            fields[name] = $"{Text(before)} -> {Text(after)}";
        return new(action, $"tenant:{tenant.Id}", caller.ActorId, caller.CorrelationId, fields)
        {
            ActorType = caller.ActorType,
            Address = caller.Address,
            SessionId = caller.SessionId,
            Origin = origin.Name,
        };
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";
}
