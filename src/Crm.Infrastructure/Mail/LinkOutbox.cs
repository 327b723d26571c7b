using Crm.Domain.Identity;
using Crm.Infrastructure.Identity;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.Mail;

/// <summary>
/// The links whose mails are to be sent. Workers of several processes share it; a mail is one worker's until its next try is due.
/// </summary>
internal sealed class LinkOutbox(NpgsqlDataSource database)
{
    /// <summary>How long after each failed try the next one follows; after the last, a mail is given up.</summary>
    public static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1),
        TimeSpan.FromHours(3), TimeSpan.FromHours(6),
    ];

    // Longer than a try may take: as long as the mail of a killed process waits.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    // The secret counts from now on; one of an earlier try, whose mail may or may not have arrived, no longer does.
    private const string Claim = """
        UPDATE one_time_links l
        SET token_hash = $1, attempts = l.attempts + 1, due_at = now() + $2, expires_at = now() + CASE l.purpose WHEN $3 THEN $4 ELSE $5 END
        FROM (SELECT id FROM one_time_links WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
        WHERE l.id = due.id
        RETURNING l.id, l.purpose, l.email, (SELECT t.name FROM tenants t WHERE t.id = l.inviting_tenant_id)
        """;

    /// <summary>Takes the mail that is due longest, with a new secret.</summary>
    public async Task<DueMail?> TakeAsync(CancellationToken cancellationToken)
    {
        var token = OneTimeLinks.NewToken();
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = OneTimeLinks.HashOf(token) });
        command.Parameters.Add(new() { Value = Lease });
        command.Parameters.Add(new() { Value = LinkPurposes.Invitation });
        command.Parameters.Add(new() { Value = LinkPurposes.LifetimeOf(LinkPurposes.Invitation) });
        command.Parameters.Add(new() { Value = LinkPurposes.LifetimeOf(LinkPurposes.PasswordReset) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DueMail(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.TextOrNull(3), token)
            : null;
    }

    /// <summary>Notes that a mail was sent.</summary>
    public async Task SentAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE one_time_links SET due_at = NULL WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that a mail could not be sent.</summary>
    public async Task<bool> FailedAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE one_time_links SET due_at = now() + ($2)[attempts] WHERE id = $1 RETURNING due_at IS NOT NULL");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = Delays });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Removes links that have been of no use for a month, a thousand at most.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "DELETE FROM one_time_links WHERE id IN (SELECT id FROM one_time_links WHERE created_at < now() - interval '30 days' AND due_at IS NULL LIMIT 1000)");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
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
