using Crm.Domain.Identity;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// The devices on which users signed in before. They show a token that is signed for one user and one password; nothing is stored of them.
/// </summary>
public interface IKnownDevices
{
    /// <summary>Recognises a device.</summary>
    Guid? Recognise(string? token, User user);

    /// <summary>Makes a token for the device on which a user has just proved to know the password.</summary>
    string Remember(User user);
}
