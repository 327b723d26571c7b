using Crm.Application.Records;
using Npgsql;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>Reads rows into values of the kinds a statement selected.</summary>
internal static class RowReader
{
    /// <summary>Reads the present row.</summary>
    public static object?[] Read(NpgsqlDataReader reader, IReadOnlyList<FieldKind> kinds)
    {
        var row = new object?[kinds.Count];
        for (var i = 0; i < row.Length; i++)
        {
            if (!reader.IsDBNull(i))
                row[i] = Value(reader, i, kinds[i]);
        }

        return row;
    }

    /// <summary>Reads one value that is not NULL.</summary>
    public static object Value(NpgsqlDataReader reader, int place, FieldKind kind) => kind switch
    {
        FieldKind.Id => reader.GetGuid(place),
        FieldKind.Integer => reader.GetInt32(place),
        FieldKind.Money => reader.GetInt64(place),
        FieldKind.Boolean => reader.GetBoolean(place),
        FieldKind.Date => reader.GetFieldValue<DateOnly>(place),
        FieldKind.Timestamp => reader.GetDateTime(place),
        FieldKind.Tags => reader.GetFieldValue<string[]>(place),
        _ => reader.GetString(place),
    };
}
