using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>
/// Encrypts what stands in the clear from before a column was encrypted, in all tenants, once: when it has been through, plaintext is
/// refused for good. Does
/// nothing where that is so already. Sent at every start before anything is served.
/// </summary>
[HostScope]
public sealed record EncryptSecrets : ICommand<SecretCounts>;

internal sealed class EncryptSecretsHandler(ISecretUpkeep upkeep, EachTenant tenants, ISecurityLog log) : IRequestHandler<EncryptSecrets, SecretCounts>
{
    public async Task<SecretCounts> Handle(EncryptSecrets request, CancellationToken cancellationToken)
    {
        var columns = await upkeep.ListPlaintextColumnsAsync(cancellationToken);
        if (columns.Count == 0)
            return SecretCounts.None;

        var counts = await tenants.DoAsync(null, upkeep.EncryptAsync, cancellationToken);
        await upkeep.EndPlaintextAsync(columns, cancellationToken);
        await log.AppendAsync(SecurityActions.SecretsEncrypted, string.Join(", ", columns), counts.ToFields(), cancellationToken);
        return counts;
    }
}
