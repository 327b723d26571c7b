using System.Net.Mail;
using System.Text;

namespace Crm.Domain.Common;

/// <summary>The rules of an e-mail address as the system accepts it.</summary>
public static class EmailAddress
{
    /// <summary>The longest address that mail servers accept (RFC 5321, 4.5.3.1.3, less the angle brackets).</summary>
    public const int MaxLength = 254;

    /// <summary>
    /// Whether the text is one plain address: a local part, an at sign and a domain with a dot, no display name, no spaces.
    /// </summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 2 and <= MaxLength }
        && MailAddress.TryCreate(text, out var parsed)
        && parsed.Address == text
        && parsed.Host.Contains('.', StringComparison.Ordinal)
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    /// <summary>
    /// Whether the text is such an address that every mail server takes: one whose local part is ASCII. A domain may have any letters,
    /// which are encoded.
    /// </summary>
    public static bool IsMailable(string? text) => IsValid(text) && Ascii.IsValid(text.AsSpan(0, text!.LastIndexOf('@')));
}
