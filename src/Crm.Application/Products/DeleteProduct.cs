using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Products;

namespace Crm.Application.Products;

/// <summary>Puts a product in the trash, or removes it for good.</summary>
/// <param name="Id">The product.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs <c>products:purge</c>.</param>
[Requires("products:delete")]
public sealed record DeleteProduct(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Product>(Id, ExpectedVersion, Purge);

/// <summary>Takes a product out of the trash.</summary>
/// <param name="Id">The product.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("products:delete")]
public sealed record RestoreProduct(Guid Id, int? ExpectedVersion) : RestoreRecord<Product>(Id, ExpectedVersion);
