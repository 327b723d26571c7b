namespace Crm.Application.MultiTenancy;

/// <summary>One way to tell which tenant a request is for.</summary>
public interface IMultiTenantStrategy
{
    /// <summary>The name it is known by in <see cref="IMultiTenantContext.Strategy"/>.</summary>
    string Name { get; }

    /// <summary>Lower goes first; the first identifier found decides.</summary>
    int Priority { get; }

    /// <summary>Finds the tenant's identifier or id.</summary>
    /// <param name="context">The request, as the host knows it.</param>
    /// <returns>The identifier or id, or <c>null</c> when the request does not say.</returns>
    Task<string?> GetIdentifierAsync(object context);
}
