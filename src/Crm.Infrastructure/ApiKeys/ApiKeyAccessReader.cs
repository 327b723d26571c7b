using System.Collections.Frozen;
using System.Net;
using System.Security.Claims;
using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ApiKeys;
using Crm.Domain.Identity;
using Crm.Infrastructure.Caching;
using Crm.Infrastructure.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// Finds keys by the hashes of their secrets, in one round trip, and caches them for a moment. The first statement takes the tenant from
/// the row above tenants; what the key is and may do is then read in that tenant's name, under its policy.
/// </summary>
[Singleton]
internal sealed class ApiKeyAccessReader(HostSession host, PepperRing peppers, IOptions<AccessOptions> options, TimeProvider time)
    : IApiKeyAccess
{
    private static readonly SqlSlot Hashes = new(0);
    private static readonly SqlSlot Id = new(0);

    private static readonly SqlTemplate SetTenantBySecret = new(Sql.Of($"""
        SELECT set_config('app.tenant_id',
            coalesce((SELECT s.tenant_id::text FROM api_key_secrets s WHERE s.hash = ANY ({Hashes})), ''), true)
        """));

    private static readonly SqlTemplate KeyBySecret = new(Sql.Of($"""
        SELECT k.tenant_id, k.id, k.user_id, k.scopes, k.allowed_ips,
            CASE
                WHEN k.deleted_at IS NOT NULL THEN 'revoked'
                WHEN k.expires_at <= clock_timestamp() THEN 'expired'
                WHEN s.ends_at <= clock_timestamp() THEN 'replaced'
            END
        FROM api_key_secrets s JOIN api_keys k ON k.tenant_id = s.tenant_id AND k.id = s.api_key_id
        WHERE s.hash = ANY ({Hashes})
        """));

    private static readonly SqlTemplate MemberBySecret = new(Sql.Of($"""
        {AccessReader.Members}
        JOIN api_keys k ON k.tenant_id = m.tenant_id AND k.user_id = m.id
        JOIN api_key_secrets s ON s.tenant_id = k.tenant_id AND s.api_key_id = k.id
        WHERE s.hash = ANY ({Hashes}) AND m.active AND m.deleted_at IS NULL
        """));

    private static readonly SqlTemplate KeyById = new(Sql.Of($"""
        SELECT k.tenant_id, k.id, k.user_id, k.scopes, k.allowed_ips,
            CASE WHEN k.deleted_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= clock_timestamp() THEN 'expired' END
        FROM api_keys k WHERE k.tenant_id = {Sql.Tenant} AND k.id = {Id}
        """));

    private static readonly SqlTemplate MemberById = new(Sql.Of($"""
        {AccessReader.Members}
        JOIN api_keys k ON k.tenant_id = m.tenant_id AND k.user_id = m.id
        WHERE k.tenant_id = {Sql.Tenant} AND k.id = {Id} AND m.active AND m.deleted_at IS NULL
        """));

    private readonly ShortLivedCache<KeyHash, KnownKey> _bySecret = new(options.Value.CacheCapacity, options.Value.CacheFor, time);
    private readonly ShortLivedCache<(Guid Tenant, Guid Key), KnownKey> _byId =
        new(options.Value.CacheCapacity, options.Value.CacheFor, time);

    private readonly KnownGrants _grants = new(options.Value.CacheCapacity);

    private sealed record KnownKey(Guid TenantId, Guid Id, IReadOnlyList<IPNetwork> AllowedIps, string? Refusal, ApiKeyAccess? Access);

    public bool IsMeant(ReadOnlySpan<char> text) => text.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal);

    public async Task<ApiKeyCheck> CheckAsync(string text, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsValid(text))
            return default;
        if (await _bySecret.GetAsync(KeyHash.Of(text), (_, token) => LoadAsync(text, token), cancellationToken) is not { } key)
            return default;

        // The address first: from elsewhere, a good key looks like a bad one.
        if (!AddressRanges.Allow(key.AllowedIps, address))
            return new ApiKeyCheck(null, new RefusedApiKey(key.TenantId, key.Id, ApiKeyRefusals.Address));
        return key.Refusal is null
            ? new ApiKeyCheck(key.Access, null)
            : new ApiKeyCheck(null, new RefusedApiKey(key.TenantId, key.Id, key.Refusal));
    }

    public async Task<ApiKeyAccess?> ReadAsync(Guid tenantId, Guid apiKeyId, CancellationToken cancellationToken) =>
        (await _byId.GetAsync((tenantId, apiKeyId), LoadAsync, cancellationToken))?.Access;

    private Task<KnownKey?> LoadAsync(string text, CancellationToken cancellationToken)
    {
        var hashes = peppers.HashesOf(text);
        NpgsqlParameter AnyHash() => Sql.Array(hashes, NpgsqlDbType.Bytea);
        return host.RunAsync(
            [
                SetTenantBySecret.ToCommand(null, AnyHash()),
                KeyBySecret.ToCommand(null, AnyHash()),
                MemberBySecret.ToCommand(null, AnyHash()),
            ],
            async (reader, token) =>
            {
                await reader.NextResultAsync(token);
                return await ReadAsync(reader, token);
            },
            cancellationToken);
    }

    private Task<KnownKey?> LoadAsync((Guid Tenant, Guid Key) key, CancellationToken cancellationToken) => host.In(key.Tenant).RunAsync(
        [KeyById.ToCommand(key.Tenant, Sql.Id(key.Key)), MemberById.ToCommand(key.Tenant, Sql.Id(key.Key))], ReadAsync, cancellationToken);

    private async Task<KnownKey?> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
            return null;

        var (tenantId, id, userId) = (reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2));
        var (scopes, ranges) = (reader.GetFieldValue<string[]>(3), reader.GetFieldValue<string[]>(4));
        var refusal = reader.TextOrNull(5);
        await reader.NextResultAsync(cancellationToken);
        var member = await AccessReader.ReadMemberAsync(reader, userId, _grants, cancellationToken);
        refusal ??= member is null ? ApiKeyRefusals.MembershipEnded : null;
        var access = refusal is null ? Access(tenantId, id, userId, member!, scopes) : null;
        return new KnownKey(tenantId, id, [.. ranges.Select(RangeOf)], refusal, access);
    }

    private static ApiKeyAccess Access(Guid tenantId, Guid id, Guid userId, MemberAccess member, string[] scopes) => new(
        // A scope that keys can no longer be given opens nothing for the keys that have it.
        id, tenantId, userId,
        member with
        {
            Permissions = scopes.Intersect(Permissions.Scopes).Where(member.Permissions.Contains).ToFrozenSet(StringComparer.Ordinal),
        },
        new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(TokenClaims.Subject, userId.ToString()), new Claim(TokenClaims.Tenant, tenantId.ToString())],
            "api_key", TokenClaims.Subject, roleType: null)));

    // It was checked when it was written; what is broken all the same opens nothing more.
    private static IPNetwork RangeOf(string text) =>
        AddressRanges.TryParse(text, out var range) ? range : new IPNetwork(IPAddress.None, 32);
}
