using System.Globalization;
using Crm.Application.Records;
using Npgsql;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// A list of what belongs to something, such as the uses of a key: where it stands, its order, and how an entry is read. Its statements are
/// made once.
/// </summary>
/// <typeparam name="T">An entry.</typeparam>
internal sealed class CursorList<T>
{
    private readonly FieldKind[] _kinds;

    /// <summary>Describes a list. All texts are constants, never input.</summary>
    public CursorList(string name, string table, string owner, IReadOnlyList<(string Column, FieldKind Kind)> keys, string columns, bool latestFirst, Func<NpgsqlDataReader, T> read)
    {
        (Name, Read) = (name, read);
        _kinds = [.. keys.Select(k => k.Kind)];
        var order = string.Join(", ", keys.Select(k => k.Column));
        var begin = $"SELECT {order}, {columns} FROM {table} WHERE tenant_id = $1 AND {owner} = $2";
        var end = $" ORDER BY {string.Join(", ", keys.Select(k => latestFirst ? k.Column + " DESC" : k.Column))} LIMIT $3";
        First = begin + end;

        // A comparison of rows, which the index of the order serves.
        var last = string.Join(", ", keys.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${4 + i}")));
        Further = $"{begin} AND ({order}) {(latestFirst ? '<' : '>')} ({last}){end}";
    }

    /// <summary>What cursors are bound to, together with whom the list belongs to.</summary>
    public string Name { get; }

    /// <summary>The first page: the tenant, the owner and the number of rows are its values.</summary>
    public string First { get; }

    /// <summary>A further page: the keys of the last row of the page before are its values as well.</summary>
    public string Further { get; }

    /// <summary>The kinds of the columns of the order.</summary>
    public IReadOnlyList<FieldKind> Kinds => _kinds;

    /// <summary>Reads an entry from a row, whose columns begin with those of the order.</summary>
    public Func<NpgsqlDataReader, T> Read { get; }

    /// <summary>Reads the keys of a row.</summary>
    public object?[] KeysOf(NpgsqlDataReader reader) => [.. Enumerable.Range(0, _kinds.Length).Select(reader.GetValue)];
}
