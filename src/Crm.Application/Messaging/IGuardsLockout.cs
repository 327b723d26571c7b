using Crm.Application.RateLimiting;
using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Application.Messaging;

/// <summary>
/// Marks an attempt that offers a password as proof: the pipeline checks it, counts what fails and refuses an account that failed too
/// often. The handler is reached with a right password only, and the request then carries its user.
/// </summary>
public interface IGuardsLockout : IAttempt
{
    /// <summary>The password offered for the <see cref="IAttempt.Account"/>, or else for the signed-in user.</summary>
    string OfferedPassword { get; }

    /// <summary>How a wrong password is answered. An unknown address and a locked account are answered in the same way.</summary>
    CrmException Refusal();

    /// <summary>Takes the user whose password was right, with the hash it was checked against.</summary>
    void Prove(User user);
}
