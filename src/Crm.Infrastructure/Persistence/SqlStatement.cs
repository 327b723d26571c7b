using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// A statement in the making: text from identifiers of the model, values as parameters. The tenant's id is always <c>$1</c>, so that every
/// table can be restricted by it.
/// </summary>
internal sealed class SqlStatement
{
    /// <summary>The tenant's id as a parameter.</summary>
    public const string Tenant = "$1";

    private readonly StringBuilder? _text;
    private readonly string? _finished;
    private readonly List<NpgsqlParameter> _parameters = new(8);

    /// <summary>Begins a statement.</summary>
    public SqlStatement(Guid tenantId)
        : this(tenantId, finished: null) => _text = new(512);

    private SqlStatement(Guid tenantId, string? finished)
    {
        _finished = finished;
        _parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenantId });
    }

    private string Text => _finished ?? _text!.ToString();

    /// <summary>A statement whose text was made before, for another tenant or other values.</summary>
    public static SqlStatement Finished(string text, Guid tenantId) => new(tenantId, text);

    /// <summary>Appends SQL; never input.</summary>
    public SqlStatement Append(string sql)
    {
        _text!.Append(sql);
        return this;
    }

    /// <summary>Adds a value.</summary>
    public string Parameter(object? value, NpgsqlDbType type)
    {
        // A typed parameter spares the driver a search for the type's name.
        _parameters.Add(value is Guid id && type == NpgsqlDbType.Uuid
            ? new NpgsqlParameter<Guid> { TypedValue = id }
            : new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return "$" + _parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The command to send.</summary>
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(Text);
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    /// <inheritdoc />
    public override string ToString() => Text;
}
