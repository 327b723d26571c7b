using System.Globalization;
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

/// <summary>Counts as the host's log tells them.</summary>
internal static class SecretCountFields
{
    public static Dictionary<string, string> ToFields(this SecretCounts counts) => new()
    {
        ["done"] = counts.Done.ToString(CultureInfo.InvariantCulture),
        ["unreadable"] = counts.Unreadable.Count.ToString(CultureInfo.InvariantCulture),
    };
}
