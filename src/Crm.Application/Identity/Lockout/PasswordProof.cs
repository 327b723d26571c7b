using Crm.Domain.Identity;

namespace Crm.Application.Identity.Lockout;

/// <summary>Who has proved by password to be there. One per scope; empty until the pipeline has checked a password.</summary>
public sealed class PasswordProof
{
    private User? _user;

    /// <summary>The user whose password was right, with the hash it was checked against.</summary>
    /// <exception cref="InvalidOperationException">No password was checked: the request is not marked <see
    /// cref="Messaging.IGuardsLockout"/>.</exception>
    public User User => _user ?? throw new InvalidOperationException("No password was checked.");

    /// <summary>Keeps who has proved it.</summary>
    internal void Set(User user) => _user = user;
}
