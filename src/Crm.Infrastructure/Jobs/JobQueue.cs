using Npgsql;

namespace Crm.Infrastructure.Jobs;

/// <summary>
/// The queue above tenants. An entry is available from a point in time on; claiming it moves that point to the end of a lease and counts up
/// its fence, so that whoever held it before is known by an older number. Only the database's clock counts. Tenants take turns: an entry
/// stands
/// one turn behind its tenant's last, and not before the present turn, so that a tenant's hundredth job does not keep another's first
/// waiting.
/// </summary>
internal sealed class JobQueue(NpgsqlDataSource database)
{
    /// <summary>Adds an entry, or begins the wait of one anew whose job was never written.</summary>
    public async Task<bool> AddAsync(Guid jobId, Guid tenantId, string type, CancellationToken cancellationToken) => await RunAsync(
        """
        INSERT INTO job_queue AS q (job_id, tenant_id, type, turn)
        SELECT $1, $2, $3, greatest((SELECT max(turn) + 1 FROM job_queue WHERE tenant_id = $2), (SELECT min(turn) FROM job_queue), 0)
        ON CONFLICT (job_id) DO UPDATE SET enqueued_at = clock_timestamp() WHERE q.tenant_id = $2 AND q.type = $3
        """,
        [jobId, tenantId, type], cancellationToken);

    /// <summary>Takes the entry whose turn it is, if one is available; no two workers take the same.</summary>
    public async Task<JobClaim?> ClaimAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        // Materialised: as a sub-select the inner query might be run again, and lock further rows.
        await using var command = database.CreateCommand("""
            WITH next AS MATERIALIZED (
                SELECT job_id FROM job_queue WHERE available_at <= statement_timestamp() ORDER BY turn, available_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE job_queue q SET available_at = clock_timestamp() + $1, fence = q.fence + 1, attempts = q.attempts + 1
            FROM next WHERE q.job_id = next.job_id
            RETURNING q.job_id, q.tenant_id, q.type, q.fence, q.attempts, clock_timestamp() - q.enqueued_at
            """);
        command.Parameters.Add(new() { Value = lease });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new JobClaim(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt32(4), reader.GetTimeSpan(5))
            : null;
    }

    /// <summary>Makes a lease last longer.</summary>
    public async Task<bool> RenewAsync(JobClaim claim, TimeSpan lease, CancellationToken cancellationToken) => await RunAsync(
        "UPDATE job_queue SET available_at = clock_timestamp() + $3 WHERE job_id = $1 AND fence = $2", [claim.JobId, claim.Fence, lease], cancellationToken);

    /// <summary>Gives an entry back, to be taken again after a while.</summary>
    public async Task ReleaseAsync(JobClaim claim, TimeSpan delay, bool counts, CancellationToken cancellationToken) => await RunAsync(
        "UPDATE job_queue SET available_at = clock_timestamp() + $3, attempts = attempts - $4 WHERE job_id = $1 AND fence = $2",
        [claim.JobId, claim.Fence, delay, counts ? 0 : 1], cancellationToken);

    /// <summary>Removes an entry whose job has ended, unless it is another worker's by now.</summary>
    public async Task RemoveAsync(JobClaim claim, CancellationToken cancellationToken) => await RunAsync(
        "DELETE FROM job_queue WHERE job_id = $1 AND fence = $2", [claim.JobId, claim.Fence], cancellationToken);

    private async Task<bool> RunAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}

/// <summary>An entry of the queue in the hands of a worker.</summary>
/// <param name="JobId">The job.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Type">The type of its runner.</param>
/// <param name="Fence">Grows with every claim: what carries an older number has lost the job.</param>
/// <param name="Attempts">How often it has been claimed, this time included.</param>
/// <param name="Age">How long ago it was enqueued.</param>
internal sealed record JobClaim(Guid JobId, Guid TenantId, string Type, long Fence, int Attempts, TimeSpan Age);
