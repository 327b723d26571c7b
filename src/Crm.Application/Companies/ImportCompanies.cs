using Crm.Application.Imports;
using Crm.Application.Records;
using Crm.Domain.Companies;
using MediatR;

namespace Crm.Application.Companies;

/// <summary>Rows of a file become companies by the use cases of the API.</summary>
internal sealed class ImportCompanies(IMediator mediator, RecordModel types)
    : ImportTarget<Company>(mediator, types, input => new CreateCompany(input), (id, input) => new UpdateCompany(id, input, ExpectedVersion: null));
