using Crm.Domain.Common;

namespace Crm.Domain.Products;

/// <summary>Something the tenant sells.</summary>
public sealed class Product : Record
{
    /// <summary>The name it is sold under.</summary>
    public string Name { get; set; } = "";

    /// <summary>The tenant's own code for it (SKU); unique among live products.</summary>
    public string? Code { get; set; }

    /// <summary>The range it belongs to.</summary>
    public string? Series { get; set; }

    /// <summary>The list price of one.</summary>
    public Money? Price { get; set; }

    /// <summary>Whether it is still sold.</summary>
    public bool Active { get; set; } = true;

    /// <summary>Free text.</summary>
    public string? Description { get; set; }
}
