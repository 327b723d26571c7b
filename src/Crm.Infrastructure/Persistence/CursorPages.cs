using Crm.Application.Records;
using Crm.Infrastructure.Persistence.Records;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Reads pages of lists that are not lists of records, such as the uses of a key, in one round trip each.</summary>
[Transient]
internal sealed class CursorPages(TenantSession session, CursorCodec cursors)
{
    /// <summary>Reads a page.</summary>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    public Task<Page<T>> ReadAsync<T>(CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) =>
        session.RunAsync(
            [PageOf(list, owner, limit, cursor)], (reader, token) => ReadAsync(reader, list, owner, limit, token), cancellationToken);

    /// <summary>Reads a page; <c>null</c> when the statement in front, which finds what the list belongs to, finds nothing.</summary>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    public Task<Page<T>?> ReadAsync<T>(
        Sql exists, CursorList<T> list, Guid owner, int limit, string? cursor, CancellationToken cancellationToken) =>
        session.RunAsync<Page<T>?>(
            [exists, PageOf(list, owner, limit, cursor)],
            async (reader, token) =>
            {
                if (!await reader.ReadAsync(token))
                    return null;
                await reader.NextResultAsync(token);
                return await ReadAsync(reader, list, owner, limit, token);
            },
            cancellationToken);

    private Sql PageOf<T>(CursorList<T> list, Guid owner, int limit, string? cursor)
    {
        IReadOnlyList<object?>? last = null;
        if (cursor is not null)
        {
            last = cursors.Decode(session.Tenant.TenantId, Binding(list, owner), cursor, list.Kinds) ?? throw RecordErrors.InvalidCursor();
        }

        // One row more than asked for shows whether there is a next page.
        return list.PageOf(owner, limit + 1, last);
    }

    private async Task<Page<T>> ReadAsync<T>(
        NpgsqlDataReader reader, CursorList<T> list, Guid owner, int limit, CancellationToken cancellationToken)
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

/// <summary>A list of what belongs to something: its table, its order, and how an entry is read.</summary>
/// <typeparam name="T">An entry.</typeparam>
internal sealed class CursorList<T>
{
    private readonly Sql _select;
    private readonly Sql _order;
    private readonly Sql _keys;
    private readonly Identifier _owner;
    private readonly bool _latestFirst;

    /// <summary>Describes a list.</summary>
    /// <param name="name">What cursors are bound to, together with the owner.</param>
    /// <param name="table">The table.</param>
    /// <param name="owner">The column that holds what an entry belongs to.</param>
    /// <param name="keys">The columns of the order, along which the table has an index.</param>
    /// <param name="columns">Further columns.</param>
    /// <param name="latestFirst">Whether the order is descending, by all of its columns.</param>
    /// <param name="read">Reads an entry from a row, whose columns begin with those of the order.</param>
    public CursorList(
        string name, string table, string owner, IReadOnlyList<(string Column, FieldKind Kind)> keys, IReadOnlyList<string> columns,
        bool latestFirst, Func<NpgsqlDataReader, T> read)
    {
        (Name, Read, _latestFirst, _owner) = (name, read, latestFirst, new Identifier(owner));
        Kinds = [.. keys.Select(key => key.Kind)];
        Identifier[] order = [.. keys.Select(key => new Identifier(key.Column))];
        _keys = Sql.Names(order);
        _order = Sql.Join(", ", order.Select(column => latestFirst ? Sql.Of($"{column} DESC") : Sql.Of($"{column}")));
        var selected = Sql.Names([.. order, .. columns.Select(column => new Identifier(column))]);
        _select = Sql.Of($"SELECT {selected} FROM {new Identifier(table)}");
    }

    /// <summary>What cursors are bound to, together with the owner.</summary>
    public string Name { get; }

    /// <summary>The kinds of the columns of the order.</summary>
    public IReadOnlyList<FieldKind> Kinds { get; }

    /// <summary>Reads an entry from a row, whose columns begin with those of the order.</summary>
    public Func<NpgsqlDataReader, T> Read { get; }

    /// <summary>Reads the keys of a row.</summary>
    public object?[] KeysOf(NpgsqlDataReader row) => [.. Enumerable.Range(0, Kinds.Count).Select(row.GetValue)];

    /// <summary>The statement that reads rows behind the last one of the page before.</summary>
    public Sql PageOf(Guid owner, int limit, IReadOnlyList<object?>? last) => Sql.Of($"""
        {_select} WHERE tenant_id = {Sql.Tenant} AND {_owner} = {owner}{(last is null ? Sql.Empty : Behind(last))}
        ORDER BY {_order} LIMIT {Sql.Literal(limit)}
        """);

    // A comparison of rows, which the index of the order serves.
    private Sql Behind(IReadOnlyList<object?> last)
    {
        var values = Sql.Join(", ", last.Zip(Kinds, (key, kind) => Sql.Of($"{Sql.Value(key, RecordTable.TypeOf(kind))}")));
        return _latestFirst ? Sql.Of($" AND ({_keys}) < ({values})") : Sql.Of($" AND ({_keys}) > ({values})");
    }
}
