using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Products;

namespace Crm.Application.Products;

/// <summary>Lists products by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("products:read")]
public sealed record ListProducts(RecordQuery Query) : ListRecords<Product>(Query);

/// <summary>Lists products by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("products:read")]
public sealed record QueryProducts(RecordQuery Query) : ListRecords<Product>(Query);
