using System.Net;
using System.Text;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>
/// The device that sends the present request: something for its user to recognise it by, and nothing to rely on, because it says of itself
/// what it likes. One per scope; unknown until set.
/// </summary>
[Scoped]
public sealed class ClientDevice
{
    /// <summary>The most characters kept of what a device says of itself.</summary>
    public const int LongestUserAgent = 256;

    /// <summary>What it says of itself, without control characters; <c>null</c> when it says nothing.</summary>
    public string? UserAgent { get; private set; }

    /// <summary>The address it calls from; <c>null</c> when not known.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>What it shows to be recognised by, if its user signed in before; not checked.</summary>
    public string? Token { get; private set; }

    /// <summary>Makes a device known.</summary>
    public void Set(string? userAgent, IPAddress? address, string? token = null)
    {
        Token = token;
        var text = new StringBuilder();

        // By whole characters, so that none is cut in two; half of one cannot be stored.
        foreach (var rune in (userAgent ?? "").EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > LongestUserAgent)
                break;
            if (!Rune.IsControl(rune))
                text.Append(rune.ToString());
        }

        UserAgent = text.ToString().Trim() is { Length: > 0 } said ? said : null;
        Address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }
}

/// <summary>
/// The devices on which users signed in before. They show a token that is signed for one user and one password; nothing is stored of them.
/// </summary>
public interface IKnownDevices
{
    /// <summary>Recognises a device.</summary>
    Guid? Recognise(string? token, User user);

    /// <summary>Issues a token for the device on which a user has just proved to know the password.</summary>
    string Remember(User user);
}
