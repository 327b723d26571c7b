using System.Net;
using System.Text.Json;
using Crm.Domain.ChangeLog;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Appends security events to one log, in one round trip that is a transaction of its own.</summary>
[Singleton]
internal sealed class SecurityEventWriter(HostSession host)
{
    /// <summary>Appends events, to a tenant's log or to the host's.</summary>
    public Task WriteAsync(Guid? tenantId, IEnumerable<SecurityEvent> events, CancellationToken cancellationToken) =>
        tenantId is { } tenant
            ? host.In(tenant).ExecuteAsync([.. events.Select(InTenantLog)], cancellationToken)
            : host.ExecuteAsync([.. events.Select(InHostLog)], cancellationToken);

    // In a tenant's log the subject takes the place of a record; what is none in particular has the empty id.
    private static Sql InTenantLog(SecurityEvent happened)
    {
        var subject = happened.Subject.Split(':', 2);
        return ChangeInsert.Of(
            new ChangeEntry(
                Id: Sql.Of($"{Guid.CreateVersion7()}"),
                RecordType: Sql.Of($"{Sql.Text(subject[0])}"),
                RecordId: Sql.Of($"{(Guid.TryParse(subject[^1], out var id) ? id : Guid.Empty)}"),
                Version: Sql.Literal(Change.SecurityVersion),
                Action: Sql.Of($"{Sql.Text(happened.Action)}"),
                Fields: Sql.Of($"{Sql.Json(JsonSerializer.Serialize(happened.Fields))}")),
            SourceOf(happened).ToSql());
    }

    private static Sql InHostLog(SecurityEvent happened) => ChangeInsert.OfHost(
        Guid.CreateVersion7(), Sql.Text(happened.Subject), Sql.Text(happened.Action), Sql.Json(JsonSerializer.Serialize(happened.Fields)),
        SourceOf(happened));

    private static ChangeSource SourceOf(SecurityEvent happened) => new(
        happened.Actor.Type, happened.Actor.Id, happened.Origin, happened.CorrelationId, happened.Actor.Address, happened.Actor.SessionId);
}

/// <summary>A security event on its way into a log.</summary>
/// <param name="Action">What happened; one of <see cref="Application.Audit.SecurityActions"/>.</param>
/// <param name="Subject">What it happened to, such as <c>user:{id}</c>; without an id, such as <c>access</c>.</param>
/// <param name="Actor">Who did it, and from where.</param>
/// <param name="Origin">The name of the request.</param>
/// <param name="CorrelationId">The trace or job.</param>
/// <param name="Fields">Further details; never a secret.</param>
internal sealed record SecurityEvent(
    string Action, string Subject, EventActor Actor, string Origin, string? CorrelationId, IReadOnlyDictionary<string, string> Fields);

/// <summary>Who did something, and from where.</summary>
/// <param name="Type">One of <see cref="Domain.ChangeLog.ActorTypes"/>.</param>
/// <param name="Id">The user or key; <c>null</c> for the system and for unknown callers.</param>
/// <param name="Address">The address of the caller.</param>
/// <param name="SessionId">The caller's session.</param>
internal sealed record EventActor(string Type, Guid? Id, IPAddress? Address, Guid? SessionId);
