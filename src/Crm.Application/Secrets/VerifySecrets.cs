using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>Decrypts every secret there is, and tells which cannot be read; changes nothing.</summary>
[HostScope]
public sealed record VerifySecrets : IQuery<SecretCounts>;

internal sealed class VerifySecretsHandler(ISecretUpkeep upkeep, EachTenant tenants) : IRequestHandler<VerifySecrets, SecretCounts>
{
    public Task<SecretCounts> Handle(VerifySecrets request, CancellationToken cancellationToken) => tenants.DoAsync(null, upkeep.VerifyAsync, cancellationToken);
}
