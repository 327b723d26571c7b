using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Products;

namespace Crm.Application.Products;

/// <summary>Reads one product.</summary>
/// <param name="Id">The product.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("products:read")]
public sealed record GetProduct(Guid Id, RecordSelection Selection) : GetRecord<Product>(Id, Selection);
