using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Products;
using MediatR;

namespace Crm.Application.Products;

/// <summary>Changes the fields of a product that were sent.</summary>
/// <param name="Id">The product.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("products:write")]
public sealed record UpdateProduct(Guid Id, RecordInput<Product> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateProductHandler(IRecordStore records) : IRequestHandler<UpdateProduct, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateProduct request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
