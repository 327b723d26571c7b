using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence;

/// <summary>A parameter whose value may be missing, and whose type the server therefore has to be told.</summary>
internal static class NullableParameter
{
    /// <summary>Makes a parameter.</summary>
    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
