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
using NpgsqlTypes;

namespace Crm.Infrastructure.Jobs;

/// <summary>
/// A job in the hands of this worker. Every write demands the claim's fence, so that one who has lost the job can change nothing.
/// </summary>
internal sealed class JobRun(
    JobClaim claim, TenantSession session, IMultiTenantStore tenants, IAccessReader access, IApiKeyAccess apiKeys, ICallerSetter caller, CancellationTokenSource stop) : IJobRun
{
    private Guid? _createdBy;
    private Guid? _apiKeyId;

    public Guid Id => claim.JobId;

    public string Payload { get; private set; } = "";

    public JobProgress Progress { get; private set; } = new(0, null, null, null);

    /// <summary>Whether someone asked for the job to stop.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Whether the tenant was found not to be active, for which the job rests.</summary>
    public bool IsTenantClosed { get; private set; }

    /// <summary>Takes up the job.</summary>
    public Task<JobBeginning> BeginAsync(CancellationToken cancellationToken)
    {
        var begin = Statement("UPDATE jobs SET ");
        begin.Append($"fence = {begin.Parameter(claim.Fence, NpgsqlDbType.Bigint)}, status = 'running', started_at = coalesce(started_at, clock_timestamp()) ");
        begin.Append($"{Where(begin)} AND status IN ('queued', 'running') AND fence < {begin.Parameter(claim.Fence, NpgsqlDbType.Bigint)} ");
        begin.Append("RETURNING payload, created_by, done, total, checkpoint, result, cancel_requested, api_key_id");
        var look = Statement("SELECT status IN ('queued', 'running') FROM jobs ");
        look.Append(Where(look));
        return session.ExecuteAsync([begin, look], async (reader, token) =>
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
        // A job must not outlive its tenant's suspension or removal: no chunk is begun later than the store may serve a tenant from memory.
        if (await tenants.GetAsync(claim.TenantId, cancellationToken) is not { Status: TenantStatuses.Active })
        {
            IsTenantClosed = true;
            throw new OperationCanceledException("The tenant is not active.");
        }

        var correlationId = $"job:{Id:D}";
        if (_apiKeyId is { } apiKeyId)
        {
            // What a key began goes on as long as the key is good, and may do no more than it.
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
        caller.Set(new CallerIdentity(ActorTypes.User, userId, IsHostOperator: false, member.Role, member.Permissions, correlationId) { Grants = member.Grants });
    }

    public async Task SaveAsync(JobProgress progress, IReadOnlyList<JobFault> faults, CancellationToken cancellationToken)
    {
        // One statement, so that faults are kept only where the progress is: one who has lost the job adds none.
        var save = Statement("WITH save AS (UPDATE jobs SET ");
        save.Append($"done = {save.Parameter(progress.Done, NpgsqlDbType.Bigint)}, total = {save.Parameter(progress.Total, NpgsqlDbType.Bigint)}, ");
        save.Append($"checkpoint = {save.Parameter(progress.Checkpoint, NpgsqlDbType.Jsonb)}, result = {save.Parameter(progress.Result, NpgsqlDbType.Jsonb)} ");
        save.Append($"{Held(save)} RETURNING id, cancel_requested)");
        if (faults.Count > 0)
            save.Append($", told AS ({Insert(save, faults)})");
        save.Append(" SELECT cancel_requested FROM save");
        var cancelled = await session.ExecuteAsync<bool?>([save], async (reader, token) => await reader.ReadAsync(token) ? reader.GetBoolean(0) : null, cancellationToken);
        if (cancelled == false)
        {
            Progress = progress;
            return;
        }

        IsCancelled = cancelled == true;
        await stop.CancelAsync();
        throw new OperationCanceledException(stop.Token);
    }

    public Task<IReadOnlySet<int>> FailedAmongAsync(IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var failed = Statement("SELECT DISTINCT row_number FROM job_errors ");
        failed.Append($"WHERE tenant_id = {SqlStatement.Tenant} AND job_id = {failed.Parameter(Id, NpgsqlDbType.Uuid)} AND severity = {failed.Parameter(FaultSeverities.Error, NpgsqlDbType.Text)} ");
        failed.Append($"AND row_number = ANY ({failed.Parameter(rows.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer)})");
        return session.ExecuteAsync<IReadOnlySet<int>>([failed], async (reader, token) =>
        {
            var found = new HashSet<int>();
            while (await reader.ReadAsync(token))
                found.Add(reader.GetInt32(0));
            return found;
        }, cancellationToken);
    }

    /// <summary>Ends the job.</summary>
    public Task<bool> FinishAsync(string status, string? error, CancellationToken cancellationToken)
    {
        var finish = Statement("UPDATE jobs SET finished_at = clock_timestamp(), ");
        finish.Append($"status = {finish.Parameter(status, NpgsqlDbType.Text)}");
        if (error is not null)
            finish.Append($", result = coalesce(result, '{{}}') || jsonb_build_object('error', {finish.Parameter(error, NpgsqlDbType.Jsonb)})");
        finish.Append($" {Held(finish)} RETURNING id");
        return session.ExecuteAsync([finish], (reader, token) => reader.ReadAsync(token), cancellationToken);
    }

    // One row for each fault, if the CTE save has one.
    private static string Insert(SqlStatement statement, IReadOnlyList<JobFault> faults)
    {
        // A row that is looked at a second time goes on counting where it left off.
        var texts = new[]
        {
            faults.Select(f => (string?)f.Severity), faults.Select(f => f.Column), faults.Select(f => (string?)f.Code), faults.Select(f => (string?)f.Message), faults.Select(f => f.Value),
        }.Select(column => statement.Parameter(column.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)).ToList();
        return "INSERT INTO job_errors (tenant_id, job_id, row_number, position, severity, column_name, code, message, value) "
            + $"SELECT {SqlStatement.Tenant}, save.id, f.row_number, f.ordinal + coalesce((SELECT max(e.position) FROM job_errors e "
            + $"WHERE e.tenant_id = {SqlStatement.Tenant} AND e.job_id = save.id AND e.row_number = f.row_number), 0), f.severity, f.column_name, f.code, f.message, f.value "
            + $"FROM save, unnest({statement.Parameter(faults.Select(f => f.Row).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer)}, {string.Join(", ", texts)}) "
            + "WITH ORDINALITY AS f(row_number, severity, column_name, code, message, value, ordinal)";
    }

    private string Held(SqlStatement statement) =>
        $"{Where(statement)} AND status = 'running' AND fence = {statement.Parameter(claim.Fence, NpgsqlDbType.Bigint)}";

    private string Where(SqlStatement statement) =>
        $"WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(claim.JobId, NpgsqlDbType.Uuid)}";

    private SqlStatement Statement(string sql) => new SqlStatement(session.Tenant.TenantId).Append(sql);
}

/// <summary>How a job was found when a worker took it up.</summary>
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
