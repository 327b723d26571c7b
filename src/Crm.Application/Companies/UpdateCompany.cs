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
    /// <summary>How many levels of subsidiaries there may be; also what bounds the walk below.</summary>
    private const int MaxLevels = 20;

    public async Task<RecordDocument> Handle(UpdateCompany request, CancellationToken cancellationToken)
    {
        request.Input.Normalise(c => c.Domain, domain => domain?.ToLowerInvariant());
        if (request.Input.TryGet(c => c.ParentId, out var parentId) && parentId is { } parent)
            await DemandNoCycleAsync(request.Id, parent, request.Input.Description, cancellationToken);
        return await records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
    }

    private async Task DemandNoCycleAsync(Guid companyId, Guid parentId, RecordDescription type, CancellationToken cancellationToken)
    {
        var selection = new RecordSelection(type, [type.Field("parentId")!], []);
        Guid? ancestor = parentId;
        for (var level = 0; ancestor is { } id; level++)
        {
            if (id == companyId || level == MaxLevels)
                throw CompanyErrors.NotAHierarchy(MaxLevels);
            ancestor = (Guid?)(await records.FindAsync(id, selection, cancellationToken))?.Value("parentId");
        }
    }
}
