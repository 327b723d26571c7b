using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Products;
using MediatR;

namespace Crm.Application.Products;

/// <summary>Creates a product.</summary>
/// <param name="Input">Its fields.</param>
[Requires("products:write")]
public sealed record CreateProduct(RecordInput<Product> Input) : ICommand<RecordDocument>;

internal sealed class CreateProductHandler(IRecordStore records) : IRequestHandler<CreateProduct, RecordDocument>
{
    public Task<RecordDocument> Handle(CreateProduct request, CancellationToken cancellationToken)
    {
        var product = new Product { Id = request.Input.Id };
        request.Input.ApplyTo(product);
        return records.CreateAsync(product, cancellationToken);
    }
}
