using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Removes what has ended. It goes along with the statements that add rows, each of which removes more than it adds: so it needs no clock,
/// cannot be forgotten and
/// never has much to do at once. What somebody else is removing is skipped.
/// </summary>
internal static class SessionSweep
{
    // now() and not the clock of the moment: of a value that stays the same, an index can make use. The hour keeps clear of those who use a
    // token as it expires.
    private const string Tokens = """
        WITH ended AS MATERIALIZED (
            SELECT hash FROM refresh_tokens WHERE expires_at < now() - interval '1 hour' ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM refresh_tokens t USING ended WHERE t.hash = ended.hash
        """;

    // A session's tokens go first, a few at a time, since there may be thousands of them.
    private const string Sessions = """
        WITH ended AS MATERIALIZED (
            SELECT id FROM sessions WHERE ends_at < now() - interval '1 hour' ORDER BY ends_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        DELETE FROM sessions s USING ended WHERE s.id = ended.id AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id)
        """;

    /// <summary>Adds the removal of ended tokens to a trip.</summary>
    public static void AddTokens(NpgsqlBatch batch) => batch.BatchCommands.Add(new(Tokens));

    /// <summary>Adds the removal of ended sessions to a trip; goes behind that of tokens.</summary>
    public static void AddSessions(NpgsqlBatch batch) => batch.BatchCommands.Add(new(Sessions));
}
