using System.Text;
using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.Records;
using Crm.Domain.Common;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The part of a write that appends to the change log, in the statement that makes the change.</summary>
[Transient]
internal sealed class ChangeSql(ICaller caller, RequestOrigin origin)
{
    private static readonly string[] KeptBySystem = ["id", "version", "createdAt", "updatedAt", "deletedAt"];

    /// <summary>An INSERT into the change log, one entry for each row of a source.</summary>
    public string Insert(SqlStatement statement, RecordType type, string action, string source, string fields, string? changeId = null, Guid? cause = null)
    {
        var (column, value) = cause is null ? ("", "") : (", causation_id", $", {statement.Parameter(cause, NpgsqlDbType.Uuid)}");
        var id = changeId ?? statement.Parameter(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
        return "INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, actor_id, origin, correlation_id, address, session_id, fields" + column + ") "
            + $"SELECT {SqlStatement.Tenant}, {id}, {statement.Parameter(type.Name, NpgsqlDbType.Text)}, {source}.id, {source}.version, "
            + $"{statement.Parameter(action, NpgsqlDbType.Text)}, {statement.Parameter(caller.ActorType, NpgsqlDbType.Text)}, "
            + $"{statement.Parameter(caller.ActorId, NpgsqlDbType.Uuid)}, {statement.Parameter(origin.Name, NpgsqlDbType.Text)}, "
            + $"{statement.Parameter(caller.CorrelationId, NpgsqlDbType.Text)}, {statement.Parameter(caller.Address, NpgsqlDbType.Inet)}, "
            + $"{statement.Parameter(caller.SessionId, NpgsqlDbType.Uuid)}, {fields}{value} FROM {source}";
    }

    /// <summary>The difference that a new record makes: every field that has a value, from nothing to it.</summary>
    public static string Created(RecordType type, Record record) => Difference(type, null, record)!;

    /// <summary>The difference between two states of a record.</summary>
    public static string? Difference(RecordType type, Record? before, Record after)
    {
        var any = before is null;
        using var buffer = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in type.Fields)
            {
                if (KeptBySystem.Contains(field.Name))
                    continue;
                var (from, to) = (before is null ? null : field.Get(before), field.Get(after));
                if (Same(from, to) || (before is null && to is System.Collections.ICollection { Count: 0 } or ""))
                    continue;

                any = true;
                writer.WriteStartObject(field.EncodedName);
                Write(writer, "from", field.Kind, from);
                Write(writer, "to", field.Kind, to);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return any ? Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) : null;
    }

    private static bool Same(object? from, object? to) =>
        from is IEnumerable<object> a && to is IEnumerable<object> b ? a.SequenceEqual(b) : Equals(from, to);

    private static void Write(Utf8JsonWriter writer, string name, FieldKind kind, object? value)
    {
        writer.WritePropertyName(name);
        if (value is null)
            writer.WriteNullValue();
        else
            JsonValueWriter.Write(writer, kind, value);
    }
}
