using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// The links that are mailed and can be used once. Asking for one only notes it: the secret is made, and its hash kept, when the mail is
/// sent, which happens in the background and again until it succeeds.
/// </summary>
public interface IOneTimeLinks
{
    /// <summary>Asks for a link to reset the password of whoever has an e-mail address; does as much when nobody has it.</summary>
    Task RequestPasswordResetAsync(string email, CancellationToken cancellationToken);

    /// <summary>Asks for a link that proves a new e-mail address; one asked for before is no longer good.</summary>
    Task<bool> RequestEmailChangeAsync(User user, string email, CancellationToken cancellationToken);

    /// <summary>Finds a link that is still good.</summary>
    Task<OneTimeLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken);

    /// <summary>Uses a link up. Of several who try at once, one succeeds.</summary>
    Task<bool> TryUseAsync(Guid id, CancellationToken cancellationToken);
}
