using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>
/// Reads the logs by pages. A page is one statement, made for the filters that are asked for, so that each is served by its index.
/// </summary>
internal sealed class AuditReader(TenantSession session, NpgsqlDataSource database, RecordTables tables, CursorCodec cursors, ICaller caller) : IAuditReader
{
    private const string CommonColumns = "c.id, c.at, c.action, c.record_type, c.actor_type, c.actor_id, c.origin, c.address, c.session_id, c.correlation_id, c.fields::text, c.record_id";
    private static readonly FieldKind[] CursorKinds = [FieldKind.Timestamp, FieldKind.Id];

    // What the log tells of that is no record of the API but a part of one.
    private static readonly (string Name, string Permission)[] Parts = [("membership", "users:read"), ("team_member", "teams:read")];

    private static readonly HashSet<string> RecordActions =
        [ChangeActions.Created, ChangeActions.Updated, ChangeActions.Deleted, ChangeActions.Restored, ChangeActions.Purged];

    public Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var statement = new SqlStatement(tenantId);
        var where = Where(query, tenantId, statement.Parameter);
        if (query.RecordId is { } record)
            where.Add($"c.record_id = {statement.Parameter(record, NpgsqlDbType.Uuid)}");

        // The index of security events is known to serve only when it is said that nothing else is wanted.
        if (query.Actions.Count > 0 && !query.Actions.Any(RecordActions.Contains))
            where.Add(FormattableString.Invariant($"c.version = {Change.SecurityVersion}"));
        if (Readable(query, statement) is { } readable)
            where.Add(readable);
        where.AddRange(WithinScope(statement));
        statement.Append($"SELECT {CommonColumns}, c.version, c.causation_id FROM changes c WHERE c.tenant_id = {SqlStatement.Tenant} AND {string.Join(" AND ", where)} ");
        statement.Append($"ORDER BY c.at DESC, c.id DESC LIMIT {statement.Parameter(query.Limit + 1, NpgsqlDbType.Integer)}");
        return session.ExecuteAsync([statement], (reader, token) => ReadAsync(reader, query, tenantId, AuditRow.OfTenant(tables.Types, RecordView.Of(caller)), token), cancellationToken);
    }

    public async Task<AuditPage> ListHostAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        var where = Where(query, Guid.Empty, Add);
        if (query.RecordId is { } record)
            where.Add($"c.record_id = {Add(record.ToString(), NpgsqlDbType.Text)}");
        command.CommandText = $"SELECT {CommonColumns} FROM host_changes c WHERE {string.Join(" AND ", where)} ORDER BY c.at DESC, c.id DESC LIMIT {Add(query.Limit + 1, NpgsqlDbType.Integer)}";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, query, Guid.Empty, AuditRow.OfHost, cancellationToken);

        string Add(object? value, NpgsqlDbType type)
        {
            command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
            return FormattableString.Invariant($"${command.Parameters.Count}");
        }
    }

    private List<string> Where(AuditQuery query, Guid tenantId, Func<object?, NpgsqlDbType, string> parameter)
    {
        var where = new List<string> { "true" };
        if (query.Actor is { } actor)
            where.Add($"c.actor_id = {parameter(actor, NpgsqlDbType.Uuid)}");
        if (query.Actions is [var action])
            where.Add($"c.action = {parameter(action, NpgsqlDbType.Text)}");
        else if (query.Actions.Count > 1)
            where.Add($"c.action = ANY ({parameter(query.Actions.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})");
        if (query.RecordType is { } type)
            where.Add($"c.record_type = {parameter(type, NpgsqlDbType.Text)}");
        if (query.From is { } from)
            where.Add($"c.at >= {parameter(from, NpgsqlDbType.TimestampTz)}");
        if (query.To is { } to)
            where.Add($"c.at < {parameter(to, NpgsqlDbType.TimestampTz)}");
        if (query.Address is { } address)
            where.Add($"c.address = {parameter(address, NpgsqlDbType.Inet)}");
        if (query.CorrelationId is { } correlation)
            where.Add($"c.correlation_id = {parameter(correlation, NpgsqlDbType.Text)}");
        if (query.Origin is { } origin)
            where.Add($"c.origin = {parameter(origin, NpgsqlDbType.Text)}");
        if (query.Cursor is not null)
        {
            var keys = cursors.Decode(tenantId, Bind(query), query.Cursor, CursorKinds) ?? throw RecordErrors.InvalidCursor();
            where.Add($"(c.at, c.id) < ({parameter(keys[0], NpgsqlDbType.TimestampTz)}, {parameter(keys[1], NpgsqlDbType.Uuid)})");
        }

        return where;
    }

    // Who reads the log reads what happened to the system; changes of records are for those who may read the records.
    private string? Readable(AuditQuery query, SqlStatement statement)
    {
        var access = RecordView.Of(caller);
        var readable = tables.Types.All.Where(type => access.MayRead(type)).Select(type => type.Name)
            .Concat(Parts.Where(part => access.Permissions.Contains(part.Permission)).Select(part => part.Name)).ToArray();
        if (readable.Length == tables.Types.All.Count + Parts.Length)
            return null;

        // Where no change of a record can be among the answers, the index of security events serves what is left.
        var security = FormattableString.Invariant($"c.version = {Change.SecurityVersion}");
        return readable.Length == 0 || (query.RecordType is { } asked && !readable.Contains(asked))
            ? security
            : $"({security} OR c.record_type = ANY ({statement.Parameter(readable, NpgsqlDbType.Array | NpgsqlDbType.Text)}))";
    }

    // Records of other owners than those whose records the caller may read are left out, and so are those that are gone for good.
    private IEnumerable<string> WithinScope(SqlStatement statement)
    {
        if (ReferenceEquals(caller.Grants, RecordGrants.Full))
            yield break;
        foreach (var type in tables.Types.All)
        {
            if (caller.Grants.OwnersFor(type.ReadPermission) is not { } owners)
                continue;
            yield return $"(c.record_type <> {statement.Parameter(type.Name, NpgsqlDbType.Text)} OR "
                + $"(SELECT r.owner_id FROM {tables[type].Name} r WHERE r.tenant_id = {SqlStatement.Tenant} AND r.id = c.record_id) = ANY ({statement.Parameter(owners.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)}))";
        }
    }

    private async Task<AuditPage> ReadAsync(NpgsqlDataReader reader, AuditQuery query, Guid tenantId, Func<NpgsqlDataReader, AuditEntry> read, CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>(query.Limit);
        var more = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            // One row more than asked for tells whether there is a next page.
            more = entries.Count == query.Limit;
            if (!more)
                entries.Add(read(reader));
        }

        return new AuditPage(entries, PageInfo.Of(more ? cursors.Encode(tenantId, Bind(query), [entries[^1].At, entries[^1].Id]) : null));
    }

    private static string Bind(AuditQuery query) => "audit\n" + query.Binding;
}
