using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>Gives one tenant, or each, another data key and encrypts its secrets anew, while the system runs.</summary>
/// <param name="Tenant">The tenant's identifier; <c>null</c> for all tenants.</param>
[HostScope]
public sealed record RotateDataKeys(string? Tenant) : ICommand<SecretCounts>;

internal sealed class RotateDataKeysHandler(ISecretUpkeep upkeep, EachTenant tenants, ISecurityLog log) : IRequestHandler<RotateDataKeys, SecretCounts>
{
    public async Task<SecretCounts> Handle(RotateDataKeys request, CancellationToken cancellationToken)
    {
        var counts = await tenants.DoAsync(request.Tenant, upkeep.RotateDataKeyAsync, cancellationToken);
        await log.AppendAsync(SecurityActions.DataKeysRotated, $"tenant:{request.Tenant ?? "all"}", counts.ToFields(), cancellationToken);
        return counts;
    }
}
