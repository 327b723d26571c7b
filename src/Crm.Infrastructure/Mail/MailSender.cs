using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Mail;

/// <summary>Sends mail through an SMTP server (RFC 5321), or writes it into a folder where none is configured.</summary>
[Singleton]
internal sealed class MailSender(IOptions<MailOptions> options)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Sends one mail of plain text.</summary>
    /// <exception cref="SmtpException">The server cannot be reached, or refuses the mail.</exception>
    /// <exception cref="OperationCanceledException">It took longer than half a minute, or was cancelled.</exception>
    public async Task SendAsync(string to, string subject, string text, CancellationToken cancellationToken)
    {
        using var message = new MailMessage(options.Value.From, to)
        {
            // A line feed in a subject would begin a header of the writer's own.
            Subject = new string([.. subject.Select(c => char.IsControl(c) ? ' ' : c)]),
            SubjectEncoding = Encoding.UTF8,
            Body = text,
            BodyEncoding = Encoding.UTF8,
        };
        using var client = Client();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        await client.SendMailAsync(message, limit.Token);
    }

    private SmtpClient Client()
    {
        var mail = options.Value;
        if (mail.Host is null)
        {
            var folder = Path.GetFullPath(mail.Folder!);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = folder };
        }

        return new SmtpClient(mail.Host, mail.Port)
        {
            EnableSsl = mail.RequireTls,
            Credentials = mail.UserName is null ? null : new NetworkCredential(mail.UserName, mail.Password),
        };
    }
}
