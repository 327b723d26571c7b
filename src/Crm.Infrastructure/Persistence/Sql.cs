using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// SQL as a value: text and parameters travel together and are numbered when the statement is finished. It is written as an interpolated
/// string whose holes take identifiers, values and other SQL, but no text: what a client sends can only become a parameter.
/// </summary>
internal sealed class Sql
{
    // Each part is a text, a parameter or a slot.
    private readonly object[] _parts;

    private Sql(object[] parts) => _parts = parts;

    /// <summary>Nothing.</summary>
    public static Sql Empty { get; } = new([]);

    /// <summary>The id of the tenant in whose name the statement runs.</summary>
    public static SqlSlot Tenant { get; } = new(SqlSlot.TenantIndex);

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _parts.Length == 0;

    /// <summary>Makes SQL of an interpolated string.</summary>
    public static Sql Of(SqlHandler sql) => new(sql.Parts());

    /// <summary>An id, as a parameter that a statement may use several times.</summary>
    public static NpgsqlParameter Id(Guid? value) => Value(value, NpgsqlDbType.Uuid);

    /// <summary>A text, as a parameter.</summary>
    public static NpgsqlParameter Text(string? value) => Value(value, NpgsqlDbType.Text);

    /// <summary>JSON, as a parameter.</summary>
    public static NpgsqlParameter Json(string? value) => Value(value, NpgsqlDbType.Jsonb);

    /// <summary>A network address, as a parameter.</summary>
    public static NpgsqlParameter Address(IPAddress? value) => Value(value, NpgsqlDbType.Inet);

    /// <summary>A list of values of one type, as one parameter.</summary>
    public static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType itemType) =>
        Value(values as T[] ?? [.. values], NpgsqlDbType.Array | itemType);

    /// <summary>A value of an exact type, as a parameter: a mistyped one costs the index.</summary>
    public static NpgsqlParameter Value(object? value, NpgsqlDbType type) => value is Guid id && type == NpgsqlDbType.Uuid
        ? new NpgsqlParameter<Guid> { TypedValue = id }
        : new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>A number as text in the statement, where a parameter would spoil the plan, as in LIMIT.</summary>
    public static Sql Literal(long value) => new([value.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>TRUE or FALSE.</summary>
    public static Sql Literal(bool value) => value ? True : False;

    /// <summary>A constant text in quotes. For names of the model, such as those of fields.</summary>
    public static Sql Literal(Identifier name) => new([$"'{name.Name}'"]);

    /// <summary>A condition that always holds.</summary>
    public static Sql True { get; } = new(["TRUE"]);

    /// <summary>A condition that never holds.</summary>
    public static Sql False { get; } = new(["FALSE"]);

    /// <summary>Puts parts behind one another, with a separator between them.</summary>
    public static Sql Join([ConstantExpected] string separator, IEnumerable<Sql> parts)
    {
        var joined = new List<object>();
        foreach (var part in parts)
        {
            if (joined.Count > 0)
                joined.Add(separator);
            joined.AddRange(part._parts);
        }

        return joined.Count == 0 ? Empty : new Sql([.. joined]);
    }

    /// <summary>Conditions that all hold; TRUE when there is none.</summary>
    public static Sql All(IEnumerable<Sql> conditions) => Join(" AND ", conditions) is { IsEmpty: false } all ? all : True;

    /// <summary>Conditions of which one holds; FALSE when there is none.</summary>
    public static Sql Any(IEnumerable<Sql> conditions) => Join(" OR ", conditions) is { IsEmpty: false } any ? Of($"({any})") : False;

    /// <summary>Names separated by commas.</summary>
    public static Sql Names(IEnumerable<Identifier> names) => new([string.Join(", ", names.Select(n => n.Name))]);

    /// <summary>The command to send, in a tenant's name. Parameters belong to one command, so SQL that holds values is sent once.</summary>
    public NpgsqlBatchCommand ToCommand(Guid? tenantId)
    {
        var (text, order) = Number();
        var command = new NpgsqlBatchCommand(text);
        foreach (var part in order)
            command.Parameters.Add(part as NpgsqlParameter ?? TenantParameter(tenantId));
        return command;
    }

    /// <summary>The text with its parameters numbered in the order of their first use.</summary>
    internal (string Text, IReadOnlyList<object> Order) Number()
    {
        var text = new StringBuilder(512);
        var order = new List<object>();
        foreach (var part in _parts)
        {
            if (part is string fixedText)
            {
                text.Append(fixedText);
                continue;
            }

            var number = order.IndexOf(part);
            if (number < 0)
            {
                order.Add(part);
                number = order.Count - 1;
            }

            text.Append('$').Append(number + 1);
        }

        return (text.ToString(), order);
    }

    /// <inheritdoc />
    public override string ToString() => Number().Text;

    /// <summary>The tenant's id as a parameter.</summary>
    internal static NpgsqlParameter TenantParameter(Guid? tenantId) =>
        new NpgsqlParameter<Guid> { TypedValue = tenantId ?? throw new InvalidOperationException("There is no tenant for this statement.") };

    /// <summary>Collects an interpolated string. There is no overload for text.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct SqlHandler(int literalLength, int formattedCount)
    {
        private readonly List<object> _parts = new((2 * formattedCount) + Math.Min(literalLength, 1));

        public void AppendLiteral(string text) => _parts.Add(text);

        public void AppendFormatted(Sql sql) => _parts.AddRange(sql._parts);

        public void AppendFormatted(Identifier name) => _parts.Add(name.Name);

        public void AppendFormatted(NpgsqlParameter value) => _parts.Add(value);

        public void AppendFormatted(SqlSlot slot) => _parts.Add(slot);

        public void AppendFormatted(Guid value) => _parts.Add(new NpgsqlParameter<Guid> { TypedValue = value });

        public void AppendFormatted(Guid? value) => _parts.Add(Value(value, NpgsqlDbType.Uuid));

        public void AppendFormatted(int value) => _parts.Add(new NpgsqlParameter<int> { TypedValue = value });

        public void AppendFormatted(int? value) => _parts.Add(Value(value, NpgsqlDbType.Integer));

        public void AppendFormatted(long value) => _parts.Add(new NpgsqlParameter<long> { TypedValue = value });

        public void AppendFormatted(long? value) => _parts.Add(Value(value, NpgsqlDbType.Bigint));

        public void AppendFormatted(ulong value) => _parts.Add(Value(value, NpgsqlDbType.Xid8));

        public void AppendFormatted(bool value) => _parts.Add(new NpgsqlParameter<bool> { TypedValue = value });

        public void AppendFormatted(DateOnly? value) => _parts.Add(Value(value, NpgsqlDbType.Date));

        public void AppendFormatted(DateTimeOffset value) => _parts.Add(Value(value.ToUniversalTime(), NpgsqlDbType.TimestampTz));

        public void AppendFormatted(DateTimeOffset? value) => _parts.Add(Value(value?.ToUniversalTime(), NpgsqlDbType.TimestampTz));

        public void AppendFormatted(DateTime value) => _parts.Add(Value(value, NpgsqlDbType.TimestampTz));

        public void AppendFormatted(TimeSpan value) => _parts.Add(Value(value, NpgsqlDbType.Interval));

        public void AppendFormatted(byte[]? value) => _parts.Add(Value(value, NpgsqlDbType.Bytea));

        public void AppendFormatted(IPAddress? value) => _parts.Add(Address(value));

        public void AppendFormatted(Guid[] values) => _parts.Add(Value(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid));

        public void AppendFormatted(string[] values) => _parts.Add(Value(values, NpgsqlDbType.Array | NpgsqlDbType.Text));

        internal object[] Parts() => [.. _parts];
    }
}

/// <summary>The name of a table, column, alias or field: letters, digits and underscores, perhaps with dots between; never input.</summary>
internal readonly partial record struct Identifier
{
    public Identifier(string name) => Name = Valid().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is no identifier.", nameof(name));

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>A column of a table or alias.</summary>
    public Identifier this[Identifier column] => new($"{Name}.{column.Name}");

    /// <inheritdoc />
    public override string ToString() => Name;

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z")]
    private static partial Regex Valid();
}

/// <summary>The place of a value in a statement whose text is kept.</summary>
internal sealed record SqlSlot(int Index)
{
    /// <summary>The index that stands for the tenant's id.</summary>
    public const int TenantIndex = -1;
}

/// <summary>A statement whose text was finished once and is sent again and again with other values.</summary>
internal sealed class SqlTemplate
{
    private readonly string _text;
    private readonly int[] _slots;

    /// <summary>Finishes SQL that has slots in place of values.</summary>
    public SqlTemplate(Sql sql)
    {
        (_text, var order) = sql.Number();
        _slots = [.. order.Select(part => ((SqlSlot)part).Index)];
    }

    /// <summary>The command to send.</summary>
    /// <param name="tenantId">The tenant in whose name it runs; needed where the text names <see cref="Sql.Tenant"/>.</param>
    /// <param name="values">The value of each slot, by its index. Values of slots that the text does not use are left out.</param>
    public NpgsqlBatchCommand ToCommand(Guid? tenantId, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(_text);
        foreach (var slot in _slots)
            command.Parameters.Add(slot == SqlSlot.TenantIndex ? Sql.TenantParameter(tenantId) : values[slot]);
        return command;
    }

    /// <inheritdoc />
    public override string ToString() => _text;
}
