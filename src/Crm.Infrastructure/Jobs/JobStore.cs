using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Jobs;
using Crm.Infrastructure.Persistence;
using NpgsqlTypes;

namespace Crm.Infrastructure.Jobs;

/// <summary>The tenant's jobs, as requests see them.</summary>
internal sealed class JobStore(TenantSession session, JobQueue queue, JobSignal signal, CursorPages pages, ICaller caller, RecordModel types) : IJobStore
{
    private const string Columns = "id, type, status, done, total, result, started_at, finished_at";

    private static readonly CursorList<JobFault> Faults = new(
        "job-errors", "job_errors", "job_id", [("row_number", FieldKind.Integer), ("position", FieldKind.Integer)], ["severity", "column_name", "code", "message", "value"], latestFirst: false,
        reader => new JobFault(reader.GetInt32(0), reader.GetString(2), reader.TextOrNull(3), reader.GetString(4), reader.GetString(5), reader.TextOrNull(6)));

    public async Task<JobDto> EnqueueAsync(NewJob job, CancellationToken cancellationToken)
    {
        if (!await queue.AddAsync(job.Id, session.Tenant.TenantId, job.Type, cancellationToken))
            throw JobErrors.Exists();

        var statement = Statement("INSERT INTO jobs (tenant_id, id, type, payload, created_by, api_key_id) ");
        statement.Append($"SELECT {SqlStatement.Tenant}, {statement.Parameter(job.Id, NpgsqlDbType.Uuid)}, {statement.Parameter(job.Type, NpgsqlDbType.Text)}, "
            + $"{statement.Parameter(job.Payload, NpgsqlDbType.Jsonb)}, {statement.Parameter(caller.UserId, NpgsqlDbType.Uuid)}, {statement.Parameter(caller.ApiKeyId, NpgsqlDbType.Uuid)}"
            + $" ON CONFLICT DO NOTHING RETURNING {Columns}");
        var waiting = await OneAsync(statement, cancellationToken) ?? throw JobErrors.Exists();
        signal.Call();
        return waiting;
    }

    public Task<JobDto?> FindAsync(Guid id, CancellationToken cancellationToken) => OneAsync(Find(id, JobAccess.ToRead(caller, types)), cancellationToken);

    public Task<Page<JobFault>?> ListFaultsAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken) =>
        pages.ReadAsync(Find(id, JobAccess.ToRead(caller, types)), Faults, id, limit, cursor, cancellationToken);

    public async Task<JobDto?> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        var access = JobAccess.ToCancel(caller, types);
        var statement = Statement("UPDATE jobs SET cancel_requested = true, status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END, ");
        statement.Append("finished_at = CASE status WHEN 'queued' THEN clock_timestamp() END ");
        statement.Append($"{Where(statement, id, access)} AND status IN ('queued', 'running') RETURNING {Columns}");
        return await OneAsync(statement, cancellationToken) ?? await OneAsync(Find(id, access), cancellationToken);
    }

    private SqlStatement Statement(string sql) => new SqlStatement(session.Tenant.TenantId).Append(sql);

    private SqlStatement Find(Guid id, JobAccess access)
    {
        var statement = Statement($"SELECT {Columns} FROM jobs ");
        return statement.Append(Where(statement, id, access));
    }

    // A key's own jobs are those begun with it: it need not see all that its member does.
    private string Where(SqlStatement statement, Guid id, JobAccess access)
    {
        var own = caller.ApiKeyId is { } key
            ? $"api_key_id = {statement.Parameter(key, NpgsqlDbType.Uuid)}"
            : $"created_by = {statement.Parameter(caller.UserId, NpgsqlDbType.Uuid)}";
        return $"WHERE tenant_id = {SqlStatement.Tenant} AND id = {statement.Parameter(id, NpgsqlDbType.Uuid)} AND (type = ANY ({Texts(access.JobTypes)}) "
            + $"OR (type = {statement.Parameter(JobAccess.Import, NpgsqlDbType.Text)} AND ({own} OR payload ->> 'recordType' = ANY ({Texts(access.RecordModel)}))))";

        string Texts(IReadOnlyList<string> values) => statement.Parameter(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
    }

    private Task<JobDto?> OneAsync(SqlStatement statement, CancellationToken cancellationToken) => session.ExecuteAsync([statement], async (reader, token) =>
        await reader.ReadAsync(token)
            ? new JobDto(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.ValueOrNull<long>(4), reader.TextOrNull(5), reader.ValueOrNull<DateTime>(6), reader.ValueOrNull<DateTime>(7))
            : null, cancellationToken);
}
