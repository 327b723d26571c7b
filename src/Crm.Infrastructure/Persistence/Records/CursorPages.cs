using Crm.Application.Records;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Reads pages of lists that are no lists of records, in one round trip each.</summary>
internal sealed class CursorPages(TenantSession session, CursorCodec cursors)
{
    /// <summary>Reads a page.</summary>
    /// <typeparam name="T">An entry.</typeparam>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    public Task<Page<T>> ReadAsync<T>(CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) => session.ExecuteAsync(
        [Statement(list, owner, limit, cursor)], (reader, token) => PageAsync(reader, list, owner, limit, token), cancellationToken);

    /// <summary>Reads a page, if there is whom it belongs to.</summary>
    /// <typeparam name="T">An entry.</typeparam>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    public Task<Page<T>?> ReadAsync<T>(Sql find, CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) =>
        ReadAsync(find.ToCommand(session.Tenant.TenantId), list, owner, limit, cursor, cancellationToken);

    /// <summary>Reads a page, if there is whom it belongs to.</summary>
    /// <typeparam name="T">An entry.</typeparam>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    public Task<Page<T>?> ReadAsync<T>(SqlStatement find, CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) =>
        ReadAsync(find.ToCommand(), list, owner, limit, cursor, cancellationToken);

    private Task<Page<T>?> ReadAsync<T>(
        NpgsqlBatchCommand find, CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) =>
        session.RunAsync<Page<T>?>([find, Statement(list, owner, limit, cursor).ToCommand()], async (reader, token) =>
        {
            if (!await reader.ReadAsync(token))
                return null;
            await reader.NextResultAsync(token);
            return await PageAsync(reader, list, owner, limit, token);
        }, cancellationToken);

    private SqlStatement Statement<T>(CursorList<T> list, Guid owner, int limit, string? cursor)
    {
        var tenantId = session.Tenant.TenantId;
        var statement = SqlStatement.Finished(cursor is null ? list.First : list.Further, tenantId);
        statement.Parameter(owner, NpgsqlDbType.Uuid);

        // One row more than asked for tells whether there is a next page.
        statement.Parameter(limit + 1, NpgsqlDbType.Integer);
        if (cursor is null)
            return statement;
        var last = cursors.Decode(tenantId, Binding(list, owner), cursor, list.Kinds) ?? throw RecordErrors.InvalidCursor();
        foreach (var (key, kind) in last.Zip(list.Kinds))
            statement.Parameter(key, RecordTable.TypeOf(kind));
        return statement;
    }

    private async Task<Page<T>> PageAsync<T>(NpgsqlDataReader reader, CursorList<T> list, Guid owner, int limit, CancellationToken cancellationToken)
    {
        var entries = new List<T>();
        object?[] last = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (entries.Count == limit)
                return new Page<T>(entries, cursors.Encode(session.Tenant.TenantId, Binding(list, owner), last));
            entries.Add(list.Read(reader));
            if (entries.Count == limit)
                last = list.KeysOf(reader);
        }

        return new Page<T>(entries, null);
    }

    private static string Binding<T>(CursorList<T> list, Guid owner) => $"{list.Name} {owner:D}";
}
