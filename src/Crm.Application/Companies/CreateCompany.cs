using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Companies;
using MediatR;

namespace Crm.Application.Companies;

/// <summary>Creates a company.</summary>
/// <param name="Input">Its fields.</param>
[Requires("companies:write")]
public sealed record CreateCompany(RecordInput<Company> Input) : ICommand<RecordDocument>;

internal sealed class CreateCompanyHandler(IRecordStore records) : IRequestHandler<CreateCompany, RecordDocument>
{
    public Task<RecordDocument> Handle(CreateCompany request, CancellationToken cancellationToken)
    {
        var company = new Company { Id = request.Input.Id };
        request.Input.ApplyTo(company);
        return records.CreateAsync(company, cancellationToken);
    }
}
