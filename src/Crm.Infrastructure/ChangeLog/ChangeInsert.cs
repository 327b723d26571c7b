using System.Net;
using Crm.Application.Authorization;
using Crm.Application.Messaging.Pipeline;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>Who makes a change and how it came about: columns that all entries of one write share.</summary>
internal sealed record ChangeSource(
    string ActorType, Guid? ActorId, string Origin, string? CorrelationId, IPAddress? Address, Guid? SessionId, Guid? CausationId = null)
{
    /// <summary>How many columns there are.</summary>
    public const int Count = 7;

    /// <summary>The present caller, making the present request.</summary>
    public static ChangeSource Of(ICaller caller, RequestOrigin origin) =>
        new(caller.ActorType, caller.ActorId, origin.Name, caller.CorrelationId, caller.Address, caller.SessionId);

    /// <summary>The values as parameters.</summary>
    public NpgsqlParameter[] Values() =>
    [
        Sql.Text(ActorType),
        Sql.Value(ActorId, NpgsqlDbType.Uuid),
        Sql.Text(Origin),
        Sql.Text(CorrelationId),
        Sql.Address(Address),
        Sql.Value(SessionId, NpgsqlDbType.Uuid),
        Sql.Value(CausationId, NpgsqlDbType.Uuid),
    ];

    /// <summary>The values, separated by commas.</summary>
    public Sql ToSql() => Sql.Join(", ", Values().Select(value => Sql.Of($"{value}")));

    /// <summary>Slots in place of the values, separated by commas; the first one has the index given.</summary>
    public static Sql Slots(int first) => Sql.Join(", ", Enumerable.Range(first, Count).Select(i => Sql.Of($"{new SqlSlot(i)}")));
}

/// <summary>The one way to append to the change log.</summary>
internal static class ChangeInsert
{
    /// <summary>An entry of a tenant's log for each row of a source.</summary>
    /// <param name="entry">What differs from entry to entry, as expressions over the source.</param>
    /// <param name="source">The columns of <see cref="ChangeSource"/>.</param>
    /// <param name="from">The name of a CTE or table; without one there is one entry.</param>
    public static Sql Of(ChangeEntry entry, Sql source, Identifier? from = null)
    {
        var rows = from is { } name ? Sql.Of($" FROM {name}") : Sql.Empty;
        return Sql.Of($"""
            INSERT INTO changes (
                tenant_id, id, record_type, record_id, version, action, fields,
                actor_type, actor_id, origin, correlation_id, address, session_id, causation_id)
            SELECT {Sql.Tenant}, {entry.Id}, {entry.RecordType}, {entry.RecordId}, {entry.Version}, {entry.Action}, {entry.Fields}, {source}{rows}
            """);
    }

    /// <summary>An entry of the host's log for each row of a source.</summary>
    /// <param name="id">The entry's id.</param>
    /// <param name="subject">What it is about, such as <c>tenant:…</c>.</param>
    /// <param name="action">What was done.</param>
    /// <param name="fields">A JSON object.</param>
    /// <param name="source">Who did it.</param>
    /// <param name="from">The name of a CTE or table; without one there is one entry.</param>
    public static Sql OfHost(Guid id, NpgsqlParameter subject, NpgsqlParameter action, NpgsqlParameter fields, ChangeSource source, Identifier? from = null)
    {
        var rows = from is { } name ? Sql.Of($" FROM {name}") : Sql.Empty;
        return Sql.Of($"""
            INSERT INTO host_changes (id, subject, action, fields, actor_type, actor_id, origin, correlation_id, address, session_id)
            SELECT {id}, {subject}, {action}, {fields},
                   {Sql.Text(source.ActorType)}, {source.ActorId}, {Sql.Text(source.Origin)},
                   {Sql.Text(source.CorrelationId)}, {source.Address}, {source.SessionId}{rows}
            """);
    }
}

/// <summary>What differs from entry to entry, each as an expression.</summary>
internal sealed record ChangeEntry(Sql Id, Sql RecordType, Sql RecordId, Sql Version, Sql Action, Sql Fields);
