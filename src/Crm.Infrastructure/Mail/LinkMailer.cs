using System.Net.Mail;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Mail;

/// <summary>Sends the mails that carry links, as long as the process runs. A mail that cannot be sent is tried again later.</summary>
internal sealed partial class LinkMailer(
    LinkOutbox outbox, MailSender sender, IOptions<MailOptions> options, TimeProvider time, ILogger<LinkMailer> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Host is null)
            NoServer(logger, Path.GetFullPath(options.Value.Folder!));

        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        var swept = time.GetTimestamp();
        try
        {
            do
            {
                while (await TrySendAsync(stoppingToken))
                {
                }

                if (time.GetElapsedTime(swept) >= BetweenSweeps && await TryAsync(outbox.SweepAsync, stoppingToken))
                    swept = time.GetTimestamp();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task<bool> TrySendAsync(CancellationToken stopping)
    {
        DueMail? mail = null;
        if (!await TryAsync(async token => mail = await outbox.TakeAsync(token), stopping) || mail is null)
            return false;

        try
        {
            var (subject, text) = LinkText.Of(mail.Purpose, mail.Tenant, mail.Token, options.Value);
            await sender.SendAsync(mail.Email, subject, text, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            var again = true;
            await TryAsync(async token => again = await outbox.FailedAsync(mail.Id, token), stopping);
            if (again)
                NotSent(logger, mail.Purpose, mail.Id, Reason(failure));
            else
                GivenUp(logger, mail.Purpose, mail.Id, Reason(failure));
            return true;
        }

        await TryAsync(token => outbox.SentAsync(mail.Id, token), stopping);
        return true;
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        try
        {
            await work(stopping);
            return true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // The database is away, say: the next look may find it back.
            Failed(logger, failure);
            return false;
        }
    }

    // Not the exception itself: a server's refusal names the recipient.
    private static string Reason(Exception failure) => failure switch
    {
        SmtpException { InnerException: { } inner } => $"{nameof(SmtpException)} of {inner.GetBaseException().GetType().Name}",
        SmtpException refused => $"{refused.GetType().Name} {refused.StatusCode}",
        _ => failure.GetType().Name,
    };

    [LoggerMessage(1, LogLevel.Warning, "No mail server is configured: mails are written to {Folder}")]
    private static partial void NoServer(ILogger logger, string folder);

    [LoggerMessage(2, LogLevel.Warning, "The mail of the {Purpose} link {LinkId} could not be sent and is tried again: {Reason}")]
    private static partial void NotSent(ILogger logger, string purpose, Guid linkId, string reason);

    [LoggerMessage(3, LogLevel.Error, "The mail of the {Purpose} link {LinkId} could not be sent and is given up: {Reason}")]
    private static partial void GivenUp(ILogger logger, string purpose, Guid linkId, string reason);

    [LoggerMessage(4, LogLevel.Error, "The mails to send could not be looked at")]
    private static partial void Failed(ILogger logger, Exception failure);
}
