using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Reports;

/// <summary>Counts, sums and means over records, grouped by fields and spans of time.</summary>
/// <param name="Query">The question.</param>
[Requires("reports:read")]
public sealed record AggregateRecords(AggregateQuery Query) : IQuery<AggregateResult>;

internal sealed class AggregateRecordsHandler(IAggregates aggregates) : IRequestHandler<AggregateRecords, AggregateResult>
{
    public Task<AggregateResult> Handle(AggregateRecords request, CancellationToken cancellationToken) =>
        aggregates.AggregateAsync(request.Query, cancellationToken);
}
