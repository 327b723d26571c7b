using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Brings the schema to what this version of the code expects. Only ever forward.</summary>
public static class DatabaseMigrator
{
    /// <summary>The table that remembers which migrations have been applied.</summary>
    public const string HistoryTable = "schema_migrations";

    /// <summary>How many months of the change log have a partition of their own after a migration, counted from the next one.</summary>
    public const int MonthsAhead = 12;

    // A backfill over every tenant may take long; nothing may take for ever.
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromHours(1);

    /// <summary>The migrations of this version, oldest first.</summary>
    public static IReadOnlyList<string> Expected { get; } =
    [
        .. typeof(DatabaseMigrator).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Applies the migrations that are missing, then makes the change log's partitions ahead. Several at once wait for one another.
    /// </summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string ownerConnection, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancellationToken);
        var missing = await MissingAsync(connection, cancellationToken);
        if (missing.Count > 0)
            await ApplyAsync(ownerConnection, cancellationToken);

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // The application reads the history when it starts, to refuse a schema it does not know.
                new NpgsqlBatchCommand($"GRANT SELECT ON {HistoryTable} TO crm_app"),
                new NpgsqlBatchCommand("SELECT prepare_change_partitions($1)") { Parameters = { new() { Value = MonthsAhead } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return missing;
    }

    /// <summary>Finds the migrations of this version that a database does not have. Those of a later version do no harm.</summary>
    internal static async Task<IReadOnlyList<string>> MissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection)
        {
            Parameters = { new() { Value = HistoryTable } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            return Expected;

        var applied = new HashSet<string>(StringComparer.Ordinal);
        await using var history = new NpgsqlCommand($"""SELECT "MigrationId" FROM {HistoryTable}""", connection);
        await using var reader = await history.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return [.. Expected.Where(id => !applied.Contains(id))];
    }

    private static async Task ApplyAsync(string ownerConnection, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<CrmDbContext>()
            .UseNpgsql(ownerConnection, npgsql => npgsql
                .MigrationsHistoryTable(HistoryTable)
                .CommandTimeout((int)StatementTimeout.TotalSeconds))
            // Migrations are written by hand: there is no snapshot that the model could have left behind.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;
        await using var context = new CrmDbContext(options);
        await context.Database.MigrateAsync(cancellationToken);
    }
}
