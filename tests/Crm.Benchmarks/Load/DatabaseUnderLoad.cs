using Npgsql;

namespace Crm.Benchmarks.Load;

/// <summary>
/// The database server's side of a comparison: it counts the SQL commands of a role, BEGIN and COMMIT included, and is kept tidy between
/// scenarios. Counting is on only while it is asked for, so that it takes nothing from the rounds that are timed.
/// </summary>
internal sealed class DatabaseUnderLoad(NpgsqlConnection admin)
{
    /// <summary>Switches counting of commands on or off, for commands that start a moment later.</summary>
    public async Task CountAsync(bool on, CancellationToken cancellationToken)
    {
        await RunAsync($"ALTER SYSTEM SET pg_stat_statements.track = {(on ? "top" : "none")}", cancellationToken);
        await RunAsync("SELECT pg_reload_conf()", cancellationToken);
    }

    /// <summary>How many commands a role has run while counting was on.</summary>
    public async Task<long> CommandsAsync(string role, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE userid = to_regrole($1)::oid", admin)
        {
            Parameters = { new() { Value = role } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes the tables as tidy before a scenario as they were before the last one.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await RunAsync("VACUUM (ANALYZE)", cancellationToken);
        await RunAsync("CHECKPOINT", cancellationToken);
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
