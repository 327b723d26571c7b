using System.Net;
using System.Text.Json;
using Crm.Application.Audit;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Makes entries of rows.</summary>
internal static class AuditRow
{
    /// <summary>How a row of a tenant's log is read.</summary>
    public static Func<NpgsqlDataReader, AuditEntry> OfTenant(RecordModel types, RecordView access) => row =>
    {
        var version = row.GetInt32(12);
        var causation = row.ValueOrNull<Guid>(13);
        return version == Change.SecurityVersion
            ? Read(row, row.ValueOrNull<Guid>(11) is { } id && id != Guid.Empty ? id : null) with
            {
                Details = Details(row),
                CausationId = causation,
            }
            : Read(row, row.GetGuid(11)) with
            {
                Version = version,
                CausationId = causation,
                Changes = Changes(row, types.Find(row.GetString(3)), access),
            };
    };

    /// <summary>Reads a row of the host's log.</summary>
    public static AuditEntry OfHost(NpgsqlDataReader row) =>
        Read(row, Guid.TryParse(row.GetString(11), out var id) ? id : null) with { Details = Details(row) };

    private static AuditEntry Read(NpgsqlDataReader row, Guid? recordId) => new(
        row.GetGuid(0), row.GetDateTime(1), row.GetString(2), row.GetString(3), recordId, null,
        new AuditActor(row.GetString(4), row.ValueOrNull<Guid>(5)), row.GetString(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<IPAddress>(7).ToString(), row.ValueOrNull<Guid>(8), row.TextOrNull(9), null, null, null);

    private static Dictionary<string, string> Details(NpgsqlDataReader row) =>
        JsonSerializer.Deserialize(row.GetString(10), AuditJson.Default.DictionaryStringString)!;

    private static Dictionary<string, FieldChange> Changes(NpgsqlDataReader row, RecordType? type, RecordView access)
    {
        var changes = JsonSerializer.Deserialize(row.GetString(10), AuditJson.Default.DictionaryStringFieldChange)!;
        if (type is not null && !access.IsFull)
        {
            foreach (var field in changes.Keys.Where(field => access.Field(type, field) is null).ToList())
                changes.Remove(field);
        }

        return changes;
    }
}
