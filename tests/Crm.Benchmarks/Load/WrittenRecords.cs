using Npgsql;

namespace Crm.Benchmarks.Load;

/// <summary>What a write left in the database beside the record.</summary>
/// <param name="Same">What both servers write alike, as JSON.</param>
/// <param name="Alike">What has the same members and kinds, with values of its own, as JSON.</param>
internal sealed record WrittenRecord(string Same, string Alike)
{
    public string? DifferenceFrom(WrittenRecord other) =>
        AnswerComparer.Difference(Same, other.Same, values: true) ?? AnswerComparer.Difference(Alike, other.Alike, values: false);
}

/// <summary>
/// Reads the last change of a record, the rows of its values and its stage history. A column that one server leaves NULL is left out of
/// indexes: its writes would cost less, and a ratio would say so.
/// </summary>
internal sealed class WrittenRecords(NpgsqlConnection admin)
{
    private const string Sql = """
        SELECT jsonb_build_object(
                   'recordType', record_type, 'action', action, 'actorType', actor_type, 'actorId', actor_id, 'origin', origin,
                   'address', address, 'causationId', causation_id,
                   'emailRows', (SELECT count(*) FROM contact_emails e WHERE e.tenant_id = c.tenant_id AND e.record_id = c.record_id),
                   'tagRows', (SELECT count(*) FROM contact_tags t WHERE t.tenant_id = c.tenant_id AND t.record_id = c.record_id),
                   'stageChanges', (
                       SELECT count(*) FROM deals d JOIN deal_stage_changes s ON s.tenant_id = d.tenant_id AND s.deal_id = d.id
                       WHERE d.tenant_id = c.tenant_id AND d.id = c.record_id AND s.at = d.stage_changed_at))::text,
               jsonb_build_object('correlationId', correlation_id, 'sessionId', session_id, 'fields', fields)::text
        FROM changes c WHERE record_id = $1 ORDER BY sequence DESC LIMIT 1
        """;

    public async Task<WrittenRecord> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, admin) { Parameters = { new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new WrittenRecord(row.GetString(0), row.GetString(1))
            : throw new InvalidOperationException($"The change log has no entry about {id}.");
    }

    /// <summary>The contact with an e-mail address.</summary>
    public async Task<Guid> FindContactAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT record_id FROM contact_emails WHERE value = $1", admin)
        {
            Parameters = { new() { Value = email } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is Guid id
            ? id
            : throw new InvalidOperationException($"No contact has the address {email}.");
    }
}
