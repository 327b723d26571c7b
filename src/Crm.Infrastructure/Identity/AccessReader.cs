using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Infrastructure.Caching;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Infrastructure.Identity;

/// <summary>Reads access as the tenant itself, in one round trip, and keeps it for a moment.</summary>
internal sealed class AccessReader(NpgsqlDataSource database, IOptions<AccessOptions> options, TimeProvider time) : IAccessReader
{
    private static readonly object Yes = new();

    private readonly ShortLivedCache<(Guid Tenant, Guid User), MemberAccess> _members = new(options.Value.CacheCapacity, options.Value.CacheFor, time);
    private readonly ShortLivedCache<Guid, object> _operators = new(options.Value.CacheCapacity, options.Value.CacheFor, time);

    public Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken) =>
        _members.GetAsync((tenantId, userId), LoadMemberAsync, cancellationToken);

    public async Task<bool> IsHostOperatorAsync(Guid userId, CancellationToken cancellationToken) =>
        await _operators.GetAsync(userId, LoadOperatorAsync, cancellationToken) is not null;

    private async Task<MemberAccess?> LoadMemberAsync((Guid Tenant, Guid User) key, CancellationToken cancellationToken)
    {
        // One batch is one transaction, so the setting holds for the second statement and ends with it.
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = key.Tenant.ToString() } } });
        batch.BatchCommands.Add(new("""
            SELECT r.name, r.permissions
            FROM memberships m
            JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
            WHERE m.tenant_id = $1 AND m.id = $2 AND m.active AND m.deleted_at IS NULL
            """)
        {
            Parameters = { new() { Value = key.Tenant }, new() { Value = key.User } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new MemberAccess(reader.GetString(0), reader.GetFieldValue<string[]>(1).ToFrozenSet(StringComparer.Ordinal))
            : null;
    }

    private async Task<object?> LoadOperatorAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT 1 FROM users WHERE id = $1 AND is_host_operator");
        command.Parameters.Add(new() { Value = userId });
        return await command.ExecuteScalarAsync(cancellationToken) is null ? null : Yes;
    }
}
