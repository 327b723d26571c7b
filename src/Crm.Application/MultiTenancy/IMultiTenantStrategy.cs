namespace Crm.Application.MultiTenancy;

/// <summary>One way to tell which tenant a request is for.</summary>
public interface IMultiTenantStrategy
{
    /// <summary>The name it is known by in <see cref="IMultiTenantContext.Strategy"/>.</summary>
    string Name { get; }

    /// <summary>Lower goes first; the first identifier found decides.</summary>
    int Priority { get; }

    /// <summary>Finds the tenant's identifier or id.</summary>
    Task<string?> GetIdentifierAsync(object context);
}
