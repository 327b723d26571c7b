using Crm.Domain.Identity;

namespace Crm.Application.Identity.Lockout;

/// <summary>The devices on which users signed in before. They show a token that is signed for one user and one password; nothing is stored of them.</summary>
public interface IKnownDevices
{
    /// <summary>Recognises a device.</summary>
    /// <param name="token">What it shows, whatever it is; <c>null</c> for nothing.</param>
    /// <param name="user">The user who is to sign in.</param>
    /// <returns>The device; <c>null</c> when it is not one of this user's, or has not been used for too long.</returns>
    Guid? Recognise(string? token, User user);

    /// <summary>Makes a token for the device on which a user has just proved to know the password.</summary>
    /// <param name="user">The user, with the hash of the present password: a new password makes all devices unknown.</param>
    /// <returns>The token.</returns>
    string Remember(User user);
}
