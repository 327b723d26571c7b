using Crm.Domain.Common;

namespace Crm.Domain.Companies;

/// <summary>An organisation the tenant deals with.</summary>
public sealed class Company : Record
{
    /// <summary>The name it goes by.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its web domain, such as <c>example.com</c>, in lower case.</summary>
    public string? Domain { get; set; }

    /// <summary>The line of business, in the tenant's own words.</summary>
    public string? Industry { get; set; }

    /// <summary>How many people work there.</summary>
    public int? Employees { get; set; }

    /// <summary>Revenue in the last full year.</summary>
    public Money? AnnualRevenue { get; set; }

    /// <summary>The year it was founded.</summary>
    public int? FoundedYear { get; set; }

    /// <summary>Telephone number.</summary>
    public string? Phone { get; set; }

    /// <summary>Street and number.</summary>
    public string? Street { get; set; }

    /// <summary>Town or city.</summary>
    public string? City { get; set; }

    /// <summary>State, province or county.</summary>
    public string? Region { get; set; }

    /// <summary>Postal or ZIP code.</summary>
    public string? PostalCode { get; set; }

    /// <summary>The country as the tenant writes it.</summary>
    public string? Country { get; set; }

    /// <summary>How far the relation has come; one of <see cref="LifecycleStages"/>.</summary>
    public string LifecycleStage { get; set; } = LifecycleStages.Lead;

    /// <summary>The company it is a subsidiary of.</summary>
    public Guid? ParentId { get; set; }

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Labels, unique within the record.</summary>
    public IReadOnlyList<string> Tags { get; set; } = [];
}
