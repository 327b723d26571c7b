using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Adds a new pepper, under which the secrets of API keys are hashed a minute later; keys hashed under the older ones stay good.
/// </summary>
[HostScope]
public sealed record RotateApiKeyPepper : ICommand<RotatedPepper>;

/// <summary>Adds peppers.</summary>
public interface IPepperRotation
{
    /// <summary>Adds a pepper, to be used once every node has had time to read it.</summary>
    /// <exception cref="Domain.Common.CannotRunException">There are too many already.</exception>
    RotatedPepper Rotate();
}

/// <summary>A pepper just added.</summary>
/// <param name="Id">Its id, which hashes made with it carry.</param>
/// <param name="File">The name of the file that holds it.</param>
/// <param name="UsedFrom">When new secrets begin to be hashed with it, UTC.</param>
public sealed record RotatedPepper(string Id, string File, DateTimeOffset UsedFrom);

internal sealed class RotateApiKeyPepperHandler(IPepperRotation peppers, ISecurityLog log) : IRequestHandler<RotateApiKeyPepper, RotatedPepper>
{
    public async Task<RotatedPepper> Handle(RotateApiKeyPepper request, CancellationToken cancellationToken)
    {
        var pepper = peppers.Rotate();
        await log.AppendAsync(
            SecurityActions.PepperRotated, $"pepper:{pepper.Id}", new Dictionary<string, string> { ["usedFrom"] = pepper.UsedFrom.ToString("O") }, cancellationToken);
        return pepper;
    }
}
