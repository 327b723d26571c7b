using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Products;
using Crm.Domain.Products;

namespace Crm.Api.Products;

/// <summary>Products over HTTP.</summary>
internal sealed class ProductEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Product>()
        .List(query => new ListProducts(query))
        .Query(query => new QueryProducts(query))
        .Get((id, selection) => new GetProduct(id, selection))
        .Create(input => new CreateProduct(input))
        .Update((id, input, version) => new UpdateProduct(id, input, version))
        .Delete((id, version, purge) => new DeleteProduct(id, version, purge))
        .Restore((id, version) => new RestoreProduct(id, version));
}
