using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Application.Secrets;
using Crm.Domain.Secrets;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Opens provider keys, and records what they were used for. A secret is opened in two trips: one reads it, one writes the use.
/// </summary>
[Scoped]
internal sealed partial class ProviderKeys(
    TenantSession session, DataKeys keys, CursorPages pages, ICaller caller, ISecurityLog log, IOptions<ProviderKeyOptions> options,
    ILogger<ProviderKeys> logger) : IProviderKeys
{
    private static readonly CursorList<ProviderKeyUse> Uses = new(
        "provider-key-uses", "provider_key_uses", owner: "key_id", [("at", FieldKind.Timestamp), ("id", FieldKind.Id)],
        columns: ["purpose", "outcome", "actor_type", "actor_id"], latestFirst: true, ReadUse);

    public async Task<ProviderSecret> UseAsync(string provider, string purpose, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var (id, secret) = await session.RunAsync([Find(provider)], async (reader, token) =>
        {
            if (!await reader.ReadAsync(token))
                throw SecretErrors.NoProviderKey();
            var found = reader.GetGuid(0);
            return (found, await keys.OpenAsync(new Cell(tenantId, "provider_keys", "secret", found), reader, place: 1, token));
        }, cancellationToken);
        var outcome = secret is null ? ProviderKeyOutcomes.Unreadable : ProviderKeyOutcomes.Opened;
        await session.ExecuteAsync([AddUse(id, purpose, outcome), Touch(id), RemoveOldUses()], cancellationToken);
        if (secret is not null)
            return new ProviderSecret(secret);

        LogUnreadable(logger, tenantId, id);
        var fields = new Dictionary<string, string> { [SecurityFields.TenantId] = tenantId.ToString("D") };
        await log.AppendAsync(SecurityActions.SecretUnreadable, $"provider_key:{id:D}", fields, cancellationToken);
        throw SecretErrors.Unreadable();
    }

    public Task EraseAsync(Guid id, CancellationToken cancellationToken) => session.ExecuteAsync(
        Sql.Of($"UPDATE provider_keys SET secret = NULL WHERE tenant_id = {Sql.Tenant} AND id = {id}"), cancellationToken);

    public Task<Page<ProviderKeyUse>?> ListUsesAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var exists = Sql.Of($"SELECT 1 FROM provider_keys WHERE tenant_id = {Sql.Tenant} AND id = {id}");
        return pages.ReadAsync(exists, Uses, id, limit, cursor, cancellationToken);
    }

    private static Sql Find(string provider) => Sql.Of($"""
        SELECT p.id, p.secret, d.kek_id, d.wrapped
        FROM provider_keys p
        LEFT JOIN data_keys d ON d.tenant_id = {Sql.Tenant} AND d.id::text = split_part(p.secret, '|', 3)
        WHERE p.tenant_id = {Sql.Tenant} AND p.provider = {Sql.Text(provider)} AND p.deleted_at IS NULL
        """);

    private Sql AddUse(Guid id, string purpose, string outcome) => Sql.Of($"""
        INSERT INTO provider_key_uses (tenant_id, id, key_id, purpose, outcome, actor_type, actor_id, correlation_id)
        VALUES ({Sql.Tenant}, {Guid.CreateVersion7()}, {id}, {Sql.Text(purpose)}, {Sql.Text(outcome)},
                {Sql.Text(caller.ActorType)}, {caller.ActorId}, {Sql.Text(caller.CorrelationId)})
        """);

    // To the minute, so that uses do not queue for the row; and without waiting for a row that is being encrypted again.
    private static Sql Touch(Guid id) => Sql.Of($"""
        WITH free AS MATERIALIZED (
            SELECT id FROM provider_keys
            WHERE tenant_id = {Sql.Tenant} AND id = {id}
              AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
            FOR UPDATE SKIP LOCKED)
        UPDATE provider_keys p SET last_used_at = clock_timestamp() FROM free WHERE p.tenant_id = {Sql.Tenant} AND p.id = free.id
        """);

    // Goes along with every use and removes more than is added, so that it can neither be forgotten nor grow.
    private Sql RemoveOldUses() => Sql.Of($"""
        DELETE FROM provider_key_uses WHERE tenant_id = {Sql.Tenant} AND id = ANY (ARRAY(
            SELECT id FROM provider_key_uses
            WHERE tenant_id = {Sql.Tenant} AND at < now() - {options.Value.KeepUsesFor} ORDER BY at LIMIT 20))
        """);

    private static ProviderKeyUse ReadUse(NpgsqlDataReader row) => new(
        row.GetGuid(1), row.GetDateTime(0), row.GetString(2), row.GetString(3), row.GetString(4), row.ValueOrNull<Guid>(5));

    [LoggerMessage(1, LogLevel.Error,
        "The secret of provider key {KeyId} of tenant {TenantId} cannot be read: it was changed or moved, or its key is missing")]
    private static partial void LogUnreadable(ILogger logger, Guid tenantId, Guid keyId);
}
