using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// The links that are mailed and can be used once. Asking for one only notes it: the secret is made, and its hash kept, when the mail is
/// sent, which happens in the background and again until it succeeds.
/// </summary>
public interface IOneTimeLinks
{
    /// <summary>Asks for a link to reset the password of whoever has an e-mail address; does as much when nobody has it.</summary>
    /// <param name="email">The address, in any case.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the request is lasting.</returns>
    Task RequestPasswordResetAsync(string email, CancellationToken cancellationToken);

    /// <summary>Asks for a link that proves a new e-mail address; one asked for before is no longer good.</summary>
    /// <param name="user">Whose address is to change, with the hash of the password that was the proof.</param>
    /// <param name="email">The new address.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether the user still has that password; if not, nothing is mailed.</returns>
    Task<bool> RequestEmailChangeAsync(User user, string email, CancellationToken cancellationToken);

    /// <summary>Finds a link that is still good.</summary>
    /// <param name="purpose">One of <see cref="LinkPurposes"/>.</param>
    /// <param name="token">The secret as it was mailed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The link, or <c>null</c> when it is unknown, used, expired or for another purpose.</returns>
    Task<OneTimeLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken);

    /// <summary>Uses a link up. Of several who try at once, one succeeds.</summary>
    /// <param name="id">The link.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it was still good.</returns>
    Task<bool> TryUseAsync(Guid id, CancellationToken cancellationToken);
}
