using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Jobs;

/// <summary>
/// The queue above tenants. Claiming an entry moves the time from which it is available to the end of a lease, and raises its fence, so
/// that an earlier claim is recognised by its lower number. Only the database's clock counts. Tenants take turns: an entry comes one turn
/// after its tenant's last and not before the present turn, so that a tenant's hundredth job does not delay another tenant's first.
/// </summary>
[Singleton]
internal sealed class JobQueue(HostSession host)
{
    /// <summary>Adds an entry. One that is there already, and whose job was never written, waits from now on.</summary>
    /// <returns>Whether the entry is this job's.</returns>
    public async Task<bool> AddAsync(Guid jobId, Guid tenantId, string type, CancellationToken cancellationToken)
    {
        var (tenant, name) = (Sql.Value(tenantId, NpgsqlTypes.NpgsqlDbType.Uuid), Sql.Text(type));
        return await host.ExecuteAsync(
            Sql.Of($"""
                INSERT INTO job_queue AS entry (job_id, tenant_id, type, turn)
                SELECT {jobId}, {tenant}, {name},
                       greatest((SELECT max(turn) + 1 FROM job_queue WHERE tenant_id = {tenant}), (SELECT min(turn) FROM job_queue), 0)
                ON CONFLICT (job_id) DO UPDATE SET enqueued_at = clock_timestamp() WHERE entry.tenant_id = {tenant} AND entry.type = {name}
                """),
            cancellationToken) == 1;
    }

    /// <summary>Takes the next available entry, if there is one. No two workers take the same.</summary>
    public Task<JobClaim?> ClaimAsync(TimeSpan lease, CancellationToken cancellationToken) => host.SingleAsync(
        // Materialised: as a sub-select the inner query might be run again and lock further rows.
        Sql.Of($"""
            WITH next AS MATERIALIZED (
                SELECT job_id FROM job_queue
                WHERE available_at <= statement_timestamp() ORDER BY turn, available_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            UPDATE job_queue entry
            SET available_at = clock_timestamp() + {lease}, fence = entry.fence + 1, attempts = entry.attempts + 1,
                deaths = entry.deaths + entry.claimed::int, claimed = true
            FROM next WHERE entry.job_id = next.job_id
            RETURNING entry.job_id, entry.tenant_id, entry.type, entry.fence, entry.attempts, entry.deaths,
                      clock_timestamp() - entry.enqueued_at
            """),
        row => new JobClaim(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.GetInt32(4), row.GetInt32(5), row.GetTimeSpan(6)),
        cancellationToken);

    /// <summary>Extends a lease.</summary>
    /// <returns>Whether the entry is still this claim's.</returns>
    public async Task<bool> RenewAsync(JobClaim claim, TimeSpan lease, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(
            Sql.Of($"""
                UPDATE job_queue SET available_at = clock_timestamp() + {lease} WHERE job_id = {claim.JobId} AND fence = {claim.Fence}
                """),
            cancellationToken) == 1;

    /// <summary>Gives an entry back, available again after a delay.</summary>
    public Task ReleaseAsync(JobClaim claim, TimeSpan delay, bool counts, CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"""
            UPDATE job_queue
            SET available_at = clock_timestamp() + {delay}, attempts = attempts - {(counts ? 0 : 1)}, claimed = false
            WHERE job_id = {claim.JobId} AND fence = {claim.Fence}
            """),
        cancellationToken);

    /// <summary>Removes an entry whose job has ended, unless another worker has it by now.</summary>
    public Task RemoveAsync(JobClaim claim, CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"DELETE FROM job_queue WHERE job_id = {claim.JobId} AND fence = {claim.Fence}"), cancellationToken);
}

/// <summary>An entry of the queue that a worker has claimed.</summary>
/// <param name="JobId">The job.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Type">The name of its type.</param>
/// <param name="Fence">Grows with every claim: a claim with a lower number has lost the job.</param>
/// <param name="Attempts">How often it has been claimed, this time included.</param>
/// <param name="Deaths">How many earlier claims ended without a word: the lease ran out, as it does when the process dies.</param>
/// <param name="Age">How long ago it was enqueued.</param>
internal sealed record JobClaim(Guid JobId, Guid TenantId, string Type, long Fence, int Attempts, int Deaths, TimeSpan Age);
