using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.Mail;

/// <summary>How mail is sent; section <c>Mail</c> of the configuration.</summary>
[Section(MailOptions.Section)]
public sealed class MailOptions : IValidatableObject, IModule
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Mail";

    /// <summary>What stands for the secret in the addresses of links.</summary>
    public const string TokenMark = "{token}";

    /// <summary>The mail server's host name or address; without one, mails are written as files into <see cref="Folder"/>.</summary>
    public string? Host { get; set; }

    /// <summary>The server's port.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection must be encrypted by STARTTLS before anything is sent; so by default.</summary>
    public bool RequireTls { get; set; } = true;

    /// <summary>The name to sign in to the server with; without one nobody signs in.</summary>
    public string? UserName { get; set; }

    /// <summary>The password to sign in to the server with.</summary>
    public string? Password { get; set; }

    /// <summary>The sender.</summary>
    [Required]
    [EmailAddress]
    public string From { get; set; } = "crm@localhost.localdomain";

    /// <summary>Where mails are written when there is no server, one file each; <c>mail</c> in the home directory by default.</summary>
    public string? Folder { get; set; }

    /// <summary>
    /// The address of the page that accepts invitations, with <c>{token}</c> in it; without one the mail carries the bare secret.
    /// </summary>
    public string? InvitationUrl { get; set; }

    /// <summary>The address of the page that sets a new password, with <c>{token}</c> in it.</summary>
    public string? PasswordResetUrl { get; set; }

    /// <summary>The address of the page that confirms an e-mail address, with <c>{token}</c> in it.</summary>
    public string? EmailChangeUrl { get; set; }

    /// <summary>How often it is looked for mails to send, 50 ms – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public static void Register(IServiceCollection services) => services.AddOptions<MailOptions>().PostConfigure<IConfiguration>(
        (options, configuration) => options.Folder ??= Path.Combine(CrmHome.Of(configuration), "mail"));

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(InvitationUrl), InvitationUrl), (nameof(PasswordResetUrl), PasswordResetUrl), (nameof(EmailChangeUrl), EmailChangeUrl) })
        {
            if (url is not null && (!url.Contains(TokenMark, StringComparison.Ordinal) || !Uri.TryCreate(url.Replace(TokenMark, "x", StringComparison.Ordinal), UriKind.Absolute, out _)))
                yield return new ValidationResult($"{Section}:{name} is to be an absolute address with {TokenMark} in it.", [name]);
        }
    }
}
