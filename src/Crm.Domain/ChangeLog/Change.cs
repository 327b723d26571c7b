using System.Net;
using Crm.Domain.Common;

namespace Crm.Domain.ChangeLog;

/// <summary>
/// One entry of a tenant's change log: who did what to which record, and what became different. Never changed once written. Security events
/// (a sign-in, a refusal) stand in the same log, with the version 0, which no record has: whoever reads the history of records takes the
/// others.
/// </summary>
public sealed class Change : Entity
{
    /// <summary>The version of entries that tell of no record's state.</summary>
    public const int SecurityVersion = 0;

    /// <summary>When it happened, by the database's clock, UTC.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>A number that grows over the whole log; gaps are normal.</summary>
    public long Sequence { get; private set; }

    /// <summary>The name of the record's type, such as <c>contact</c>.</summary>
    public required string RecordType { get; init; }

    /// <summary>The record.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>The record's version after the change; <see cref="SecurityVersion"/> for a security event.</summary>
    public required int Version { get; init; }

    /// <summary>One of <see cref="ChangeActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>What kind of actor it was; one of <see cref="ActorTypes"/>.</summary>
    public required string ActorType { get; init; }

    /// <summary>The user or key that acted; <c>null</c> for the system itself.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Where it came from: the name of the request that made the change, such as <c>UpdateContact</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The address the caller called from; <c>null</c> for jobs and the system itself.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The session of the caller, which tells of the device; <c>null</c> for whoever has none.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The trace or job it belongs to.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The change that caused this one; <c>null</c> when a caller did.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>
    /// A JSON object <c>{"field":{"from":…,"to":…}}</c> in the names of the API; of a security event <c>{"name":"text"}</c>.
    /// </summary>
    public required string Fields { get; init; }
}
