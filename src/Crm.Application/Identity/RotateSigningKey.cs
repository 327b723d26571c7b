using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Adds a new key to sign access tokens with. It is published at once and signs some minutes later; the old one stays until every token it
/// signed has expired.
/// Nobody is signed out.
/// </summary>
[HostScope]
public sealed record RotateSigningKey : ICommand<RotatedKey>;

internal sealed class RotateSigningKeyHandler(ISigningKeyRotation keys, ISecurityLog log) : IRequestHandler<RotateSigningKey, RotatedKey>
{
    public async Task<RotatedKey> Handle(RotateSigningKey request, CancellationToken cancellationToken)
    {
        var key = keys.Rotate();
        await log.AppendAsync(
            SecurityActions.SigningKeyRotated, $"key:{key.Id}", new Dictionary<string, string> { ["signsFrom"] = key.SignsFrom.ToString("O") }, cancellationToken);
        return key;
    }
}
