using System.Net;
using System.Text;

namespace Crm.Application.Identity;

/// <summary>
/// The device the present request comes from: something for its user to recognise it by, and nothing to rely on, for it says of itself what
/// it likes.
/// One per scope; unknown until set.
/// </summary>
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

    /// <summary>What it is to show from now on, since a password was right; <c>null</c> when there is nothing new.</summary>
    public string? NewToken { get; set; }

    /// <summary>
    /// The live session that it keeps in cookies, when it proved by the CSRF token to mean what it sends, by what anyone may call;
    /// <c>null</c> otherwise.
    /// </summary>
    public KeptSession? KeptSession { get; set; }

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

/// <summary>A session that a browser keeps in its cookies.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="SessionId">The session.</param>
public sealed record KeptSession(Guid UserId, Guid SessionId);
