using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.MultiTenancy;
using Crm.Domain.ApiKeys;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Crm.Domain.Jobs;
using Crm.Domain.Tenants;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.Jobs;

/// <summary>
/// A job that this worker has claimed. Every write requires the claim's fence, so that a worker that has lost the job changes nothing.
/// </summary>
internal sealed class JobRun(
    JobClaim claim,
    TenantSession session,
    IMultiTenantStore tenants,
    IAccessReader access,
    IApiKeyAccess apiKeys,
    ICallerSetter caller,
    CancellationTokenSource stop) : IJobRun
{
    private Guid? _createdBy;
    private Guid? _apiKeyId;

    public Guid Id => claim.JobId;

    public string Payload { get; private set; } = "";

    public JobProgress Progress { get; private set; } = new(0, null, null, null);

    /// <summary>Whether someone cancelled the job.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Whether the tenant is not active, so that the job waits.</summary>
    public bool IsTenantClosed { get; private set; }

    /// <summary>Takes up the job.</summary>
    public Task<JobBeginning> BeginAsync(CancellationToken cancellationToken)
    {
        var begin = Sql.Of($"""
            UPDATE jobs
            SET fence = {claim.Fence}, status = 'running', started_at = coalesce(started_at, clock_timestamp())
            WHERE {IsThisJob()} AND status IN ('queued', 'running') AND fence < {claim.Fence}
            RETURNING payload, created_by, done, total, checkpoint, result, cancel_requested, api_key_id
            """);
        var find = Sql.Of($"SELECT status IN ('queued', 'running') FROM jobs WHERE {IsThisJob()}");
        return session.RunAsync([begin, find], async (reader, token) =>
        {
            if (await reader.ReadAsync(token))
            {
                Payload = reader.GetString(0);
                _createdBy = reader.ValueOrNull<Guid>(1);
                Progress = new JobProgress(reader.GetInt64(2), reader.ValueOrNull<long>(3), reader.TextOrNull(4), reader.TextOrNull(5));
                IsCancelled = reader.GetBoolean(6);
                _apiKeyId = reader.ValueOrNull<Guid>(7);
                return JobBeginning.Begun;
            }

            await reader.NextResultAsync(token);
            if (!await reader.ReadAsync(token))
                return JobBeginning.NotWritten;
            return reader.GetBoolean(0) ? JobBeginning.TakenOver : JobBeginning.Ended;
        }, cancellationToken);
    }

    public async Task RenewCallerAsync(CancellationToken cancellationToken)
    {
        // A job must not outlive its tenant's suspension or removal by more than the time for which the store caches a tenant.
        if (await tenants.GetAsync(claim.TenantId, cancellationToken) is not { Status: TenantStatuses.Active })
        {
            IsTenantClosed = true;
            throw new OperationCanceledException("The tenant is not active.");
        }

        var correlationId = $"job:{Id:D}";
        if (_apiKeyId is { } apiKeyId)
        {
            // A key's job continues as long as the key is valid, and may do no more than the key.
            var key = await apiKeys.ReadAsync(claim.TenantId, apiKeyId, cancellationToken) ?? throw ApiKeyErrors.Invalid();
            caller.Set(key.ToCaller(correlationId));
            return;
        }

        if (_createdBy is not { } userId)
        {
            caller.Set(CallerIdentity.System(correlationId));
            return;
        }

        var member = await access.ReadAsync(claim.TenantId, userId, cancellationToken) ?? throw IdentityErrors.MembershipEnded();
        caller.Set(new CallerIdentity(ActorTypes.User, userId, IsHostOperator: false, member.Role, member.Permissions, correlationId)
        {
            Grants = member.Grants,
        });
    }

    public async Task SaveAsync(JobProgress progress, IReadOnlyList<JobFault> faults, CancellationToken cancellationToken)
    {
        // One statement, so that faults are stored only where the progress is: a worker that has lost the job adds none.
        var cancelled = await session.SingleAsync(
            Sql.Of($"""
                WITH saved AS (
                    UPDATE jobs
                    SET done = {progress.Done}, total = {progress.Total},
                        checkpoint = {Sql.Json(progress.Checkpoint)}, result = {Sql.Json(progress.Result)}
                    WHERE {IsClaimed()}
                    RETURNING id, cancel_requested){(faults.Count == 0 ? Sql.Empty : InsertFaults(faults))}
                SELECT cancel_requested FROM saved
                """),
            row => (bool?)row.GetBoolean(0),
            cancellationToken);
        if (cancelled == false)
        {
            Progress = progress;
            return;
        }

        IsCancelled = cancelled == true;
        await stop.CancelAsync();
        throw new OperationCanceledException(stop.Token);
    }

    public async Task<IReadOnlySet<int>> FailedAmongAsync(IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var failed = await session.QueryAsync(
            Sql.Of($"""
                SELECT DISTINCT row_number FROM job_errors
                WHERE tenant_id = {Sql.Tenant} AND job_id = {Id} AND severity = {Sql.Text(FaultSeverities.Error)}
                  AND row_number = ANY ({Sql.Array(rows, NpgsqlDbType.Integer)})
                """),
            row => row.GetInt32(0),
            cancellationToken);
        return failed.ToHashSet();
    }

    /// <summary>Ends the job.</summary>
    /// <returns>Whether it was still this claim's.</returns>
    public async Task<bool> FinishAsync(string status, string? error, CancellationToken cancellationToken)
    {
        var result = error is null
            ? Sql.Empty
            : Sql.Of($", result = coalesce(result, '{{}}') || jsonb_build_object('error', {Sql.Json(error)})");
        return await session.ExecuteAsync(
            Sql.Of($"UPDATE jobs SET finished_at = clock_timestamp(), status = {Sql.Text(status)}{result} WHERE {IsClaimed()}"),
            cancellationToken) == 1;
    }

    // A row that is read a second time continues the count of its faults.
    private static Sql InsertFaults(IReadOnlyList<JobFault> faults) => Sql.Of($"""
        ,
        inserted AS (
            INSERT INTO job_errors (tenant_id, job_id, row_number, position, severity, column_name, code, message, value)
            SELECT {Sql.Tenant}, saved.id, fault.row_number, fault.ordinal + coalesce(
                       (SELECT max(earlier.position) FROM job_errors earlier
                        WHERE earlier.tenant_id = {Sql.Tenant} AND earlier.job_id = saved.id AND earlier.row_number = fault.row_number), 0),
                   fault.severity, fault.column_name, fault.code, fault.message, fault.value
            FROM saved, unnest(
                {Sql.Array(faults.Select(f => f.Row), NpgsqlDbType.Integer)},
                {Texts(faults, f => f.Severity)}, {Texts(faults, f => f.Column)}, {Texts(faults, f => f.Code)},
                {Texts(faults, f => f.Message)}, {Texts(faults, f => f.Value)})
                WITH ORDINALITY AS fault (row_number, severity, column_name, code, message, value, ordinal))
        """);

    private static NpgsqlParameter Texts(IReadOnlyList<JobFault> faults, Func<JobFault, string?> value) =>
        Sql.Array(faults.Select(value), NpgsqlDbType.Text);

    private Sql IsClaimed() => Sql.Of($"{IsThisJob()} AND status = 'running' AND fence = {claim.Fence}");

    private Sql IsThisJob() => Sql.Of($"tenant_id = {Sql.Tenant} AND id = {claim.JobId}");
}

/// <summary>What a worker found when it took up a job.</summary>
internal enum JobBeginning
{
    /// <summary>It can be carried out.</summary>
    Begun,

    /// <summary>Its row is not there: not yet, or never.</summary>
    NotWritten,

    /// <summary>A later claim has it.</summary>
    TakenOver,

    /// <summary>It has ended.</summary>
    Ended,
}
