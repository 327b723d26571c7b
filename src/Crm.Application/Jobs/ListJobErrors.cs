using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Jobs;
using MediatR;

namespace Crm.Application.Jobs;

/// <summary>
/// Lists the rows a job could not take, and those it took with a warning. They show what the file held: a caller who may not read all
/// records of that type with all their fields sees those of its own jobs only.
/// </summary>
/// <param name="Id">The job.</param>
/// <param name="Limit">How many at most, 1–200.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; <c>null</c> for the first page.</param>
[Requires("imports:read")]
public sealed record ListJobErrors(Guid Id, int Limit, string? Cursor) : IQuery<Page<JobFault>>;

internal sealed class ListJobErrorsHandler(IJobStore jobs) : IRequestHandler<ListJobErrors, Page<JobFault>>
{
    public async Task<Page<JobFault>> Handle(ListJobErrors request, CancellationToken cancellationToken) =>
        await jobs.ListFaultsAsync(request.Id, request.Limit, request.Cursor, cancellationToken) ?? throw JobErrors.NotFound();
}
