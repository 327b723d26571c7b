using Crm.Domain.Identity;
using Crm.Infrastructure.Identity;
using Crm.Infrastructure.Persistence;
using NpgsqlTypes;

namespace Crm.Infrastructure.Mail;

/// <summary>
/// The links whose mails are to be sent. Workers of several processes share it; a mail is one worker's until its next try is due.
/// </summary>
[Singleton]
internal sealed class LinkOutbox(HostSession host)
{
    /// <summary>How long after each failed try the next one follows; after the last, a mail is given up.</summary>
    public static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
    ];

    // Longer than a try may take: as long as the mail of a killed process waits.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Takes the mail that is due longest, with a new secret.</summary>
    public Task<DueMail?> TakeAsync(CancellationToken cancellationToken)
    {
        var token = OneTimeLinks.NewToken();

        // The secret is valid from now on; one of an earlier try, whose mail may or may not have arrived, no longer is.
        var claim = Sql.Of($"""
            UPDATE one_time_links l SET
                token_hash = {OneTimeLinks.HashOf(token)}, attempts = l.attempts + 1, due_at = now() + {Lease},
                expires_at = now() + CASE l.purpose
                    WHEN {Sql.Text(LinkPurposes.Invitation)} THEN {LinkPurposes.LifetimeOf(LinkPurposes.Invitation)}
                    ELSE {LinkPurposes.LifetimeOf(LinkPurposes.PasswordReset)} END
            FROM (SELECT id FROM one_time_links WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
            WHERE l.id = due.id
            RETURNING l.id, l.purpose, l.email, (SELECT t.name FROM tenants t WHERE t.id = l.inviting_tenant_id)
            """);
        return host.SingleAsync(
            claim, row => new DueMail(row.GetGuid(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), token), cancellationToken);
    }

    /// <summary>Notes that a mail was sent.</summary>
    public Task SentAsync(Guid id, CancellationToken cancellationToken) =>
        host.ExecuteAsync(Sql.Of($"UPDATE one_time_links SET due_at = NULL WHERE id = {id}"), cancellationToken);

    /// <summary>Notes that a mail could not be sent.</summary>
    /// <returns>Whether it is tried again.</returns>
    public Task<bool> FailedAsync(Guid id, CancellationToken cancellationToken) => host.SingleAsync(
        Sql.Of($"""
            UPDATE one_time_links SET due_at = now() + ({Sql.Array(Delays, NpgsqlDbType.Interval)})[attempts]
            WHERE id = {id} RETURNING due_at IS NOT NULL
            """),
        row => row.GetBoolean(0), cancellationToken);

    /// <summary>Removes links that have been of no use for a month, at most a thousand.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => host.ExecuteAsync(
        Sql.Of($"""
            DELETE FROM one_time_links WHERE id IN (
                SELECT id FROM one_time_links WHERE created_at < now() - interval '30 days' AND due_at IS NULL LIMIT 1000)
            """),
        cancellationToken);
}

/// <summary>A mail to send.</summary>
/// <param name="Id">Its link.</param>
/// <param name="Purpose">One of <see cref="LinkPurposes"/>.</param>
/// <param name="Email">The recipient.</param>
/// <param name="Tenant">The name of the tenant that invites; <c>null</c> otherwise.</param>
/// <param name="Token">The secret; never to be logged.</param>
internal sealed record DueMail(Guid Id, string Purpose, string Email, string? Tenant, string Token)
{
    /// <summary>The purpose alone: the secret must not end up in a log.</summary>
    public override string ToString() => Purpose;
}
