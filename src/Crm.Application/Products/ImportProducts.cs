using Crm.Application.Imports;
using Crm.Application.Records;
using Crm.Domain.Products;
using MediatR;

namespace Crm.Application.Products;

/// <summary>Rows of a file become products by the use cases of the API.</summary>
internal sealed class ImportProducts(IMediator mediator, RecordModel types)
    : ImportTarget<Product>(mediator, types, input => new CreateProduct(input), (id, input) => new UpdateProduct(id, input, ExpectedVersion: null));
