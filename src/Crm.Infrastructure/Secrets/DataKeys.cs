using System.Security.Cryptography;
using Crm.Application.Secrets;
using Crm.Domain.Secrets;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.Secrets;

/// <summary>A data key in the clear, for the moment of its use; disposing it overwrites it.</summary>
internal sealed class DataKey(Guid id, string kekId, byte[] material) : IDisposable
{
    /// <summary>Its id.</summary>
    public Guid Id => id;

    /// <summary>The key-encryption key it is wrapped with.</summary>
    public string KekId => kekId;

    /// <summary>The key, 32 bytes.</summary>
    public byte[] Material => material;

    public void Dispose() => CryptographicOperations.ZeroMemory(material);
}

/// <summary>
/// The data keys of the present tenant. None stays in memory: to read, the wrapped key comes along with the value; to write, the active
/// key's row is locked until the transaction ends. So no key can be retired while somebody is about to write with it, on any node.
/// </summary>
[Scoped]
internal sealed class DataKeys(TenantSession session, KeyEncryptionKeys wrapping, IKeyRing ring)
{
    /// <summary>
    /// How many values one key encrypts at most before another takes its place: far below the 2^32 that random nonces of 96 bits allow.
    /// </summary>
    public const long MostUses = 1 << 24;

    /// <summary>The active key, made when there is none; locked until the running transaction ends.</summary>
    public async Task<DataKey> TakeAsync(int uses, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(uses, cancellationToken) is { } key)
                return key;

            // Another may have added one meanwhile, or another key wraps by now: the next look shows it.
            await ReplaceAsync(MostUses, cancellationToken);
        }
    }

    /// <summary>Lets another key take the place of the active one, which from now on only decrypts.</summary>
    public async Task ReplaceAsync(long usesFrom, CancellationToken cancellationToken)
    {
        var (tenantId, id) = (session.Tenant.TenantId, Guid.CreateVersion7());
        var kekId = await wrapping.CurrentAsync(cancellationToken) ?? throw SecretErrors.NoKey();
        using var key = new DataKey(id, kekId, RandomNumberGenerator.GetBytes(AesGcmCipher.KeyLength));
        var wrapped = await ring.WrapAsync(kekId, key.Material, ContextOf(tenantId, id), cancellationToken) ?? throw SecretErrors.NoKey();

        var exhaust = Sql.Of($"""
            UPDATE data_keys SET state = 'retiring' WHERE tenant_id = {Sql.Tenant} AND state = 'active' AND uses >= {usesFrom}
            """);

        // Also lock the wrapping key, so that it cannot be retired while it wraps a data key.
        var add = Sql.Of($"""
            INSERT INTO data_keys (tenant_id, id, kek_id, wrapped)
            SELECT {Sql.Tenant}, {id}, k.id, {wrapped} FROM key_encryption_keys k
            WHERE k.id = {Sql.Text(kekId)} AND k.retired_at IS NULL FOR SHARE
            ON CONFLICT DO NOTHING
            """);
        await session.ExecuteAsync([exhaust, add], cancellationToken);
    }

    /// <summary>Decrypts a value together with which its wrapped key was read.</summary>
    public async Task<byte[]?> OpenAsync(Cell cell, NpgsqlDataReader reader, int place, CancellationToken cancellationToken)
    {
        var text = reader.GetString(place);
        if (EncryptedText.KeyOf(text) is not { } id || reader.IsDBNull(place + 1))
            return null;
        var wrapped = reader.GetFieldValue<byte[]>(place + 2);
        var context = ContextOf(cell.TenantId, id);
        if (await ring.UnwrapAsync(reader.GetString(place + 1), wrapped, context, cancellationToken) is not { } material)
            return null;

        using var key = new DataKey(id, "", material);
        return EncryptedText.TryDecrypt(key.Material, text, cell);
    }

    /// <summary>What a wrapped key is bound to.</summary>
    public static byte[] ContextOf(Guid tenantId, Guid id) => new Cell(tenantId, "data_keys", "wrapped", id).Context;

    private async Task<DataKey?> FindAsync(int uses, CancellationToken cancellationToken)
    {
        var tenantId = session.Tenant.TenantId;
        var take = Sql.Of($"""
            UPDATE data_keys SET uses = uses + {(long)uses}
            WHERE tenant_id = {Sql.Tenant} AND state = 'active' AND uses < {MostUses}
            RETURNING id, kek_id, wrapped
            """);
        var (id, kekId, wrapped) = await session.SingleAsync(
            take, row => (row.GetGuid(0), row.GetString(1), row.GetFieldValue<byte[]>(2)), cancellationToken);
        if (wrapped is null)
            return null;
        var material = await ring.UnwrapAsync(kekId, wrapped, ContextOf(tenantId, id), cancellationToken);
        return new DataKey(id, kekId, material ?? throw SecretErrors.Unreadable());
    }
}
