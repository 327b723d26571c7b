using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Jobs;
using MediatR;

namespace Crm.Application.Jobs;

/// <summary>
/// Stops a job: at once while it waits, otherwise before its next chunk. What it has done stays done. Repeating it does no harm. Who may
/// cancel it depends on its type, see <see cref="JobAccess"/>.
/// </summary>
/// <param name="Id">The job.</param>
[Requires("imports:write")]
public sealed record CancelJob(Guid Id) : ICommand<JobDto>;

internal sealed class CancelJobHandler(IJobStore jobs) : IRequestHandler<CancelJob, JobDto>
{
    public async Task<JobDto> Handle(CancelJob request, CancellationToken cancellationToken)
    {
        var job = await jobs.CancelAsync(request.Id, cancellationToken) ?? throw JobErrors.NotFound();
        return job.Status is JobStatuses.Succeeded or JobStatuses.Failed ? throw JobErrors.Finished() : job;
    }
}
