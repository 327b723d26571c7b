using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Jobs;
using MediatR;

namespace Crm.Application.Jobs;

/// <summary>Reads how far a job has come. Who may see it depends on its type, see <see cref="JobAccess"/>.</summary>
/// <param name="Id">The job.</param>
[Requires("imports:read")]
public sealed record GetJob(Guid Id) : IQuery<JobDto>;

internal sealed class GetJobHandler(IJobStore jobs) : IRequestHandler<GetJob, JobDto>
{
    public async Task<JobDto> Handle(GetJob request, CancellationToken cancellationToken) =>
        await jobs.FindAsync(request.Id, cancellationToken) ?? throw JobErrors.NotFound();
}
