namespace Crm.Application.Messaging;

/// <summary>Marks a command after whose commit some cached answers are no longer true.</summary>
public interface IInvalidates
{
    /// <summary>The cached queries, with their keys within the tenant.</summary>
    IEnumerable<(Type Query, string CacheKey)> Invalidates { get; }
}
