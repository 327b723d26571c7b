using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Infrastructure.Mail;

/// <summary>What the mails that carry links say.</summary>
internal static class LinkText
{
    // Longer names of tenants are cut short: a mail speaks with the host's voice, and a name is no place for a message.
    private const int LongestName = 60;

    /// <summary>Writes a mail.</summary>
    public static (string Subject, string Text) Of(string purpose, string? tenant, string token, MailOptions options) => purpose switch
    {
        LinkPurposes.Invitation => (
            $"Invitation to {Quoted(tenant)}",
            $"You are invited to work in {Quoted(tenant)}.\n\n{Way("Accept", options.InvitationUrl, token)}\n\nThe invitation is good for seven days. If you did not expect it, do nothing.\n"),
        LinkPurposes.PasswordReset => (
            "A new password",
            $"Somebody asked for a new password for your account.\n\n{Way("Choose one", options.PasswordResetUrl, token)}\n\nThis is good for thirty minutes and once. If it was not you, do nothing: your password stays.\n"),
        LinkPurposes.EmailChange => (
            "Your new e-mail address",
            $"This address is to become the one of an account.\n\n{Way("Confirm it", options.EmailChangeUrl, token)}\n\nThis is good for thirty minutes and once. If it was not you, do nothing.\n"),
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "There is no such purpose."),
    };

    // Admins choose the name: whatever is in it, it stays recognisable as a name on one line.
    private static string Quoted(string? name) => $"“{OneLineText.Of((name ?? "").Replace('“', '"').Replace('”', '"'), LongestName)}”";

    private static string Way(string verb, string? url, string token) => url is null
        ? $"{verb} with this code:\n{token}"
        : $"{verb} here:\n{url.Replace(MailOptions.TokenMark, token, StringComparison.Ordinal)}";
}
