using Crm.Application.Records;
using Crm.Domain.Products;

namespace Crm.Application.Products;

/// <summary>What a product is to the API.</summary>
public sealed class ProductRecord : RecordType<Product>
{
    /// <summary>Declares the fields.</summary>
    public ProductRecord()
        : base("product", "products")
    {
        IsLimitedByPlan = IsHandedOver = true;
        Text(p => p.Name).AtMost(200).Required().FoldedInto("NameLower").Identifying().Described("The name it is sold under.");
        Text(p => p.Code).AtMost(100).Unique().Described("The tenant's own code for it; unique among live products.");
        Text(p => p.Series).AtMost(100).Described("The range it belongs to.");
        Declare(p => p.Price, FieldKind.Money).Described("The list price of one.");
        Declare(p => p.Active, FieldKind.Boolean).Described("Whether it is still sold.");
        Text(p => p.Description).AtMost(10_000, multiLine: true).NotIndexed().Described("Free text.");
    }
}
