using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>
/// Reads the logs by pages. A page is one statement, made for the filters that are asked for, so that each is served by its index.
/// </summary>
[Scoped]
internal sealed class AuditReader(TenantSession session, HostSession host, RecordTables tables, CursorCodec cursors, ICaller caller)
    : IAuditReader
{
    private static readonly Sql CommonColumns = Sql.Of($"""
        c.id, c.at, c.action, c.record_type, c.actor_type, c.actor_id, c.origin, c.address, c.session_id, c.correlation_id, c.fields::text,
        c.record_id
        """);

    private static readonly Sql IsSecurityEvent = Sql.Of($"c.version = {Sql.Literal(Change.SecurityVersion)}");

    private static readonly FieldKind[] CursorKinds = [FieldKind.Timestamp, FieldKind.Id];

    // What the log is also about, though it is not a record of the API but a part of one.
    private static readonly (string Name, string Permission)[] Parts = [("membership", "users:read"), ("team_member", "teams:read")];

    private static readonly HashSet<string> RecordActions =
        [ChangeActions.Created, ChangeActions.Updated, ChangeActions.Deleted, ChangeActions.Restored, ChangeActions.Purged];

    public Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var where = Where(query, tenantId);
        if (query.RecordId is { } record)
            where.Add(Sql.Of($"c.record_id = {record}"));

        // The planner uses the index of security events only when the statement says that nothing else is wanted.
        if (query.Actions.Count > 0 && !query.Actions.Any(RecordActions.Contains))
            where.Add(IsSecurityEvent);
        if (Readable(query) is { } readable)
            where.Add(readable);
        where.AddRange(WithinScope());
        var page = Sql.Of($"""
            SELECT {CommonColumns}, c.version, c.causation_id FROM changes c
            WHERE c.tenant_id = {Sql.Tenant} AND {Sql.All(where)}
            ORDER BY c.at DESC, c.id DESC LIMIT {Sql.Literal(query.Limit + 1)}
            """);
        var read = AuditRow.OfTenant(tables.Types, RecordView.Of(caller));
        return session.RunAsync([page], (reader, token) => ReadAsync(reader, query, tenantId, read, token), cancellationToken);
    }

    public Task<AuditPage> ListHostAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var where = Where(query, Guid.Empty);
        if (query.RecordId is { } record)
            where.Add(Sql.Of($"c.record_id = {Sql.Text(record.ToString())}"));
        var page = Sql.Of($"""
            SELECT {CommonColumns} FROM host_changes c WHERE {Sql.All(where)}
            ORDER BY c.at DESC, c.id DESC LIMIT {Sql.Literal(query.Limit + 1)}
            """);
        return host.RunAsync([page], (reader, token) => ReadAsync(reader, query, Guid.Empty, AuditRow.OfHost, token), cancellationToken);
    }

    private List<Sql> Where(AuditQuery query, Guid tenantId)
    {
        var where = new List<Sql>();
        if (query.Actor is { } actor)
            where.Add(Sql.Of($"c.actor_id = {actor}"));
        if (query.Actions is [var action])
            where.Add(Sql.Of($"c.action = {Sql.Text(action)}"));
        else if (query.Actions.Count > 1)
            where.Add(Sql.Of($"c.action = ANY ({query.Actions.ToArray()})"));
        if (query.RecordType is { } type)
            where.Add(Sql.Of($"c.record_type = {Sql.Text(type)}"));
        if (query.From is { } from)
            where.Add(Sql.Of($"c.at >= {from}"));
        if (query.To is { } to)
            where.Add(Sql.Of($"c.at < {to}"));
        if (query.Address is { } address)
            where.Add(Sql.Of($"c.address = {address}"));
        if (query.CorrelationId is { } correlation)
            where.Add(Sql.Of($"c.correlation_id = {Sql.Text(correlation)}"));
        if (query.Origin is { } origin)
            where.Add(Sql.Of($"c.origin = {Sql.Text(origin)}"));
        if (query.Cursor is not null)
        {
            var last = cursors.Decode(tenantId, Bind(query), query.Cursor, CursorKinds) ?? throw RecordErrors.InvalidCursor();
            where.Add(Sql.Of($"(c.at, c.id) < ({(DateTime)last[0]!}, {(Guid)last[1]!})"));
        }

        return where;
    }

    // Anyone who may read the log reads what happened to the system; changes of records are for those who may read the records.
    private Sql? Readable(AuditQuery query)
    {
        var access = RecordView.Of(caller);
        var readable = tables.Types.All.Where(type => access.MayRead(type)).Select(type => type.Name)
            .Concat(Parts.Where(part => access.Permissions.Contains(part.Permission)).Select(part => part.Name)).ToArray();
        if (readable.Length == tables.Types.All.Count + Parts.Length)
            return null;

        // Where no change of a record can be among the answers, the index of security events serves what is left.
        return readable.Length == 0 || (query.RecordType is { } asked && !readable.Contains(asked))
            ? IsSecurityEvent
            : Sql.Of($"({IsSecurityEvent} OR c.record_type = ANY ({readable}))");
    }

    // Leaves out records of owners whose records the caller may not read, and records that have been purged.
    private IEnumerable<Sql> WithinScope()
    {
        if (ReferenceEquals(caller.Grants, RecordGrants.Full))
            yield break;
        foreach (var type in tables.Types.All)
        {
            if (caller.Grants.OwnersFor(type.ReadPermission) is not { } owners)
                continue;
            yield return Sql.Of($"""
                (c.record_type <> {Sql.Text(type.Name)} OR (
                    SELECT r.owner_id FROM {new Identifier(tables[type].Name)} r
                    WHERE r.tenant_id = {Sql.Tenant} AND r.id = c.record_id) = ANY ({owners.ToArray()}))
                """);
        }
    }

    private async Task<AuditPage> ReadAsync(
        NpgsqlDataReader reader, AuditQuery query, Guid tenantId, Func<NpgsqlDataReader, AuditEntry> read,
        CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>(query.Limit);
        var more = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            // One row more than asked for shows whether there is a next page.
            more = entries.Count == query.Limit;
            if (!more)
                entries.Add(read(reader));
        }

        var next = more ? cursors.Encode(tenantId, Bind(query), [entries[^1].At, entries[^1].Id]) : null;
        return new AuditPage(entries, PageInfo.Of(next));
    }

    private static string Bind(AuditQuery query) => "audit\n" + query.Binding;
}
