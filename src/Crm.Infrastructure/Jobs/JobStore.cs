using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Jobs;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Jobs;

/// <summary>The tenant's jobs, as requests see them.</summary>
[Scoped]
internal sealed class JobStore(
    TenantSession session, JobQueue queue, JobSignal signal, CursorPages pages, ICaller caller, RecordModel types, JobTypes jobTypes)
    : IJobStore
{
    private static readonly Sql Columns = Sql.Of($"id, type, status, done, total, result, started_at, finished_at");

    private static readonly CursorList<JobFault> Faults = new(
        "job-errors",
        "job_errors",
        "job_id",
        [("row_number", FieldKind.Integer), ("position", FieldKind.Integer)],
        ["severity", "column_name", "code", "message", "value"],
        latestFirst: false,
        row => new JobFault(row.GetInt32(0), row.GetString(2), row.TextOrNull(3), row.GetString(4), row.GetString(5), row.TextOrNull(6)));

    public async Task<JobDto> EnqueueAsync(NewJob job, CancellationToken cancellationToken)
    {
        if (!await queue.AddAsync(job.Id, session.Tenant.TenantId, job.Type, cancellationToken))
            throw JobErrors.Exists();

        var waiting = await OneAsync(
            Sql.Of($"""
                INSERT INTO jobs (tenant_id, id, type, payload, created_by, api_key_id)
                VALUES ({Sql.Tenant}, {job.Id}, {Sql.Text(job.Type)}, {Sql.Json(job.Payload)}, {caller.UserId}, {caller.ApiKeyId})
                ON CONFLICT DO NOTHING
                RETURNING {Columns}
                """),
            cancellationToken) ?? throw JobErrors.Exists();
        signal.Call();
        return waiting;
    }

    public Task<JobDto?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        OneAsync(Find(id, jobTypes.Readable(caller, types)), cancellationToken);

    public Task<Page<JobFault>?> ListFaultsAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken) =>
        pages.ReadAsync(Find(id, jobTypes.Readable(caller, types)), Faults, id, limit, cursor, cancellationToken);

    public async Task<JobDto?> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        var visible = jobTypes.Cancellable(caller, types).ToList();
        var cancel = Sql.Of($"""
            UPDATE jobs
            SET cancel_requested = true,
                status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
                finished_at = CASE status WHEN 'queued' THEN clock_timestamp() END
            WHERE {IsVisible(id, visible)} AND status IN ('queued', 'running')
            RETURNING {Columns}
            """);
        return await OneAsync(cancel, cancellationToken) ?? await OneAsync(Find(id, visible), cancellationToken);
    }

    private Sql Find(Guid id, IEnumerable<VisibleJobs> visible) => Sql.Of($"SELECT {Columns} FROM jobs WHERE {IsVisible(id, visible)}");

    private Sql IsVisible(Guid id, IEnumerable<VisibleJobs> visible) =>
        Sql.Of($"tenant_id = {Sql.Tenant} AND id = {id} AND {Sql.Any(visible.Select(IsOneOf))}");

    private Sql IsOneOf(VisibleJobs visible) => visible.About is { } about
        ? Sql.Of($"""
            (type = {Sql.Text(visible.JobType)}
             AND ({IsOwn()} OR payload ->> {Sql.Text(about.PayloadMember)} = ANY({about.Values})))
            """)
        : Sql.Of($"type = {Sql.Text(visible.JobType)}");

    // The jobs of an API key are those it started: it need not see all that its member sees.
    private Sql IsOwn() => caller.ApiKeyId is { } key ? Sql.Of($"api_key_id = {key}") : Sql.Of($"created_by = {caller.UserId}");

    private Task<JobDto?> OneAsync(Sql sql, CancellationToken cancellationToken) => session.SingleAsync(
        sql,
        row =>
        {
            var type = row.GetString(1);
            var result = row.TextOrNull(5) is { } json ? jobTypes.ReadResult(type, json) : null;
            return new JobDto(
                row.GetGuid(0),
                type,
                row.GetString(2),
                row.GetInt64(3),
                row.ValueOrNull<long>(4),
                result,
                row.ValueOrNull<DateTime>(6),
                row.ValueOrNull<DateTime>(7));
        },
        cancellationToken);
}
