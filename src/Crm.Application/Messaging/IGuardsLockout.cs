using Crm.Domain.Common;

namespace Crm.Application.Messaging;

/// <summary>
/// Marks a request that brings a password as proof: the pipeline checks it, counts what fails and refuses an account that failed too often.
/// The
/// handler is reached with a right password alone, and finds its user in <see cref="Identity.Lockout.PasswordProof"/>.
/// </summary>
public interface IGuardsLockout
{
    /// <summary>The e-mail address of the account, in any case; <c>null</c> for the signed-in user's.</summary>
    string? AccountEmail { get; }

    /// <summary>The password offered.</summary>
    string OfferedPassword { get; }

    /// <summary>How a wrong password is answered. An unknown address and a locked account are answered just so.</summary>
    CrmException Refusal();
}
