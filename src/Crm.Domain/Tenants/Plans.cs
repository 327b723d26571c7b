namespace Crm.Domain.Tenants;

/// <summary>The plans that the host offers, each with its limits.</summary>
public sealed class Plans
{
    /// <summary>The plan of a tenant for which none was chosen. Without limits unless the host sets some.</summary>
    public const string Standard = "standard";

    private readonly Dictionary<string, TenantLimits> _limits;

    /// <summary>Makes the catalogue.</summary>
    public Plans(IReadOnlyDictionary<string, TenantLimits> limits)
    {
        _limits = new(limits, StringComparer.Ordinal);
        _limits.TryAdd(Standard, TenantLimits.None);
    }

    /// <summary>The names of the plans in their order.</summary>
    public IReadOnlyList<string> Names => [.. _limits.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether there is such a plan.</summary>
    public bool Contains(string? name) => name is not null && _limits.ContainsKey(name);

    /// <summary>The limits of a tenant.</summary>
    public TenantLimits LimitsOf(string plan, TenantLimits own) => _limits.GetValueOrDefault(plan, _limits[Standard]).With(own);
}
