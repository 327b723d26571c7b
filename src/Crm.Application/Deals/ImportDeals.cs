using Crm.Application.Imports;
using Crm.Application.Records;
using Crm.Domain.Deals;
using MediatR;

namespace Crm.Application.Deals;

/// <summary>Rows of a file become deals by the use cases of the API.</summary>
internal sealed class ImportDeals(IMediator mediator, RecordModel types)
    : ImportTarget<Deal>(mediator, types, input => new CreateDeal(input), (id, input) => new UpdateDeal(id, input, ExpectedVersion: null));
