using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Companies;
using MediatR;

namespace Crm.Application.Companies;

/// <summary>Changes the fields of a company that were sent.</summary>
/// <param name="Id">The company.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("companies:write")]
public sealed record UpdateCompany(Guid Id, RecordInput<Company> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateCompanyHandler(IRecordStore records) : IRequestHandler<UpdateCompany, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateCompany request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
