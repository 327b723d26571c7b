namespace Crm.Domain.Common;

/// <summary>How far the relation to a company or contact has come. A customer of the tenant is one at <see cref="Customer"/>.</summary>
public static class LifecycleStages
{
    /// <summary>Known, nothing more.</summary>
    public const string Lead = "lead";

    /// <summary>Worth a salesperson's time.</summary>
    public const string Qualified = "qualified";

    /// <summary>There is an open deal.</summary>
    public const string Opportunity = "opportunity";

    /// <summary>Has bought.</summary>
    public const string Customer = "customer";

    /// <summary>Has bought, no longer does.</summary>
    public const string Former = "former_customer";

    /// <summary>All of them, in the order in which a relation usually goes.</summary>
    public static IReadOnlyList<string> All { get; } = [Lead, Qualified, Opportunity, Customer, Former];
}
