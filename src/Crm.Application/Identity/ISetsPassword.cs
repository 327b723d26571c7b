using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Marks a request that sets a password: the policy is applied to it, no matter who sets it and for whom.</summary>
public interface ISetsPassword
{
    /// <summary>The password proposed; <c>null</c> when the request sets none this time.</summary>
    string? NewPassword { get; }

    /// <summary>Where the password is in the body, a JSON pointer (RFC 6901).</summary>
    static abstract string PasswordPointer { get; }
}

/// <summary>Finds out whose password a request sets. Each request that sets one has its own.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
internal interface IPasswordOwnerOf<in TRequest>
    where TRequest : ISetsPassword
{
    /// <summary>Finds the owner.</summary>
    Task<PasswordOwner> FindAsync(TRequest request, CancellationToken cancellationToken);
}
