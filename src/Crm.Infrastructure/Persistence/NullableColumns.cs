using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Reads columns that may be NULL.</summary>
internal static class NullableColumns
{
    /// <summary>Reads a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="row">Stands on the row.</param>
    /// <param name="column">The column's place, from 0.</param>
    /// <returns>The value, or <c>null</c>.</returns>
    public static T? ValueOrNull<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    /// <summary>Reads a text.</summary>
    /// <param name="row">Stands on the row.</param>
    /// <param name="column">The column's place, from 0.</param>
    /// <returns>The text, or <c>null</c>.</returns>
    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
