using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>Goes over to another key-encryption key, while the system runs; makes the first one where there is none.</summary>
[HostScope]
public sealed record RotateKeyEncryptionKey : ICommand<RotatedKeyEncryptionKey>;

internal sealed class RotateKeyEncryptionKeyHandler(ISecretUpkeep upkeep, EachTenant tenants, ISecurityLog log) : IRequestHandler<RotateKeyEncryptionKey, RotatedKeyEncryptionKey>
{
    public async Task<RotatedKeyEncryptionKey> Handle(RotateKeyEncryptionKey request, CancellationToken cancellationToken)
    {
        var keyId = await upkeep.ReplaceKeyEncryptionKeyAsync(cancellationToken);
        var counts = await tenants.DoAsync(null, token => upkeep.RewrapAsync(keyId, token), cancellationToken);
        if (counts.Unreadable.Count == 0)
            await upkeep.EmptyRetiredKeysAsync(cancellationToken);
        await log.AppendAsync(SecurityActions.KeyEncryptionKeyRotated, $"key:{keyId}", counts.ToFields(), cancellationToken);
        return new RotatedKeyEncryptionKey(keyId, counts);
    }
}
