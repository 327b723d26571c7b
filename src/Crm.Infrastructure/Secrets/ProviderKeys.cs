using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Application.Secrets;
using Crm.Domain.Secrets;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Opens provider keys, and keeps what they were used for. A secret is opened in two trips: one reads it, one writes the use.
/// </summary>
internal sealed partial class ProviderKeys(
    TenantSession session, DataKeys keys, CursorPages pages, ICaller caller, ISecurityLog log, IOptions<ProviderKeyOptions> options, ILogger<ProviderKeys> logger) : IProviderKeys
{
    private const string Find = """
        SELECT p.id, p.secret, d.kek_id, d.wrapped
        FROM provider_keys p LEFT JOIN data_keys d ON d.tenant_id = $1 AND d.id::text = split_part(p.secret, '|', 3)
        WHERE p.tenant_id = $1 AND p.provider = $2 AND p.deleted_at IS NULL
        """;

    private const string Add = """
        INSERT INTO provider_key_uses (tenant_id, id, key_id, purpose, outcome, actor_type, actor_id, correlation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    // To the minute, so that uses do not queue for the row; and one that is being encrypted anew is not waited for.
    private const string Touch = """
        WITH free AS MATERIALIZED (
            SELECT id FROM provider_keys
            WHERE tenant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute') FOR UPDATE SKIP LOCKED)
        UPDATE provider_keys p SET last_used_at = clock_timestamp() FROM free WHERE p.tenant_id = $1 AND p.id = free.id
        """;

    // Goes along with every use and removes more than is added, so that it can neither be forgotten nor grow.
    private const string Sweep = """
        DELETE FROM provider_key_uses WHERE tenant_id = $1 AND id = ANY (ARRAY(
            SELECT id FROM provider_key_uses WHERE tenant_id = $1 AND at < now() - $2 ORDER BY at LIMIT 20))
        """;

    private static readonly CursorList<ProviderKeyUse> Uses = new(
        "provider-key-uses", "provider_key_uses", "key_id", [("at", FieldKind.Timestamp), ("id", FieldKind.Id)], "purpose, outcome, actor_type, actor_id", latestFirst: true,
        reader => new ProviderKeyUse(
            reader.GetGuid(1), reader.GetDateTime(0), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.ValueOrNull<Guid>(5)));

    public async Task<ProviderSecret> UseAsync(string provider, string purpose, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var find = SqlStatement.Finished(Find, tenantId);
        find.Parameter(provider, NpgsqlDbType.Text);
        var (id, secret) = await session.ExecuteAsync([find], async (reader, token) =>
        {
            if (!await reader.ReadAsync(token))
                throw SecretErrors.NoProviderKey();
            var found = reader.GetGuid(0);
            return (found, await keys.OpenAsync(new Cell(tenantId, "provider_keys", "secret", found), reader, place: 1, token));
        }, cancellationToken);
        await session.ExecuteAsync(Note(id, purpose, secret is null ? ProviderKeyOutcomes.Unreadable : ProviderKeyOutcomes.Opened), cancellationToken);
        if (secret is not null)
            return new ProviderSecret(secret);

        LogUnreadable(logger, tenantId, id);
        await log.AppendAsync(SecurityActions.SecretUnreadable, $"provider_key:{id:D}", new Dictionary<string, string> { [SecurityFields.TenantId] = tenantId.ToString("D") }, cancellationToken);
        throw SecretErrors.Unreadable();
    }

    public Task EraseAsync(Guid id, CancellationToken cancellationToken)
    {
        var erase = SqlStatement.Finished("UPDATE provider_keys SET secret = NULL WHERE tenant_id = $1 AND id = $2", session.Tenant.TenantId);
        erase.Parameter(id, NpgsqlDbType.Uuid);
        return session.ExecuteAsync([erase], cancellationToken);
    }

    public Task<Page<ProviderKeyUse>?> ListUsesAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var exists = SqlStatement.Finished("SELECT 1 FROM provider_keys WHERE tenant_id = $1 AND id = $2", session.Tenant.TenantId);
        exists.Parameter(id, NpgsqlDbType.Uuid);
        return pages.ReadAsync(exists, Uses, id, limit, cursor, cancellationToken);
    }

    private SqlStatement[] Note(Guid id, string purpose, string outcome)
    {
        var tenantId = session.Tenant.TenantId;
        var add = SqlStatement.Finished(Add, tenantId);
        add.Parameter(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
        add.Parameter(id, NpgsqlDbType.Uuid);
        add.Parameter(purpose, NpgsqlDbType.Text);
        add.Parameter(outcome, NpgsqlDbType.Text);
        add.Parameter(caller.ActorType, NpgsqlDbType.Text);
        add.Parameter(caller.ActorId, NpgsqlDbType.Uuid);
        add.Parameter(caller.CorrelationId, NpgsqlDbType.Text);
        var touch = SqlStatement.Finished(Touch, tenantId);
        touch.Parameter(id, NpgsqlDbType.Uuid);
        var sweep = SqlStatement.Finished(Sweep, tenantId);
        sweep.Parameter(options.Value.KeepUsesFor, NpgsqlDbType.Interval);
        return [add, touch, sweep];
    }

    [LoggerMessage(1, LogLevel.Error, "The secret of provider key {KeyId} of tenant {TenantId} cannot be read: it was changed or moved, or its key is missing")]
    private static partial void LogUnreadable(ILogger logger, Guid tenantId, Guid keyId);
}
