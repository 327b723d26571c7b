using Crm.Application.Secrets;
using Crm.Domain.Common;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Secrets;

/// <summary>Looks at the keys before anything is served.</summary>
internal sealed class EncryptionStart(IKeyRing ring, KeyEncryptionKeys keys, IOptions<DevelopmentKeyOptions> development) : IEncryptionStart
{
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var held = await ring.ListAsync(cancellationToken);
        var current = await keys.CurrentAsync(cancellationToken) ?? throw EncryptionErrors.NoKey();
        foreach (var (id, _) in await keys.ListNeededAsync(cancellationToken))
        {
            if (held.All(k => k.Id != id))
                throw EncryptionErrors.MissingKey(id);
        }

        if (!development.Value.Allowed && held.First(k => k.Id == current).IsDevelopment)
            throw EncryptionErrors.DevelopmentKey(current);
    }
}

/// <summary>What is looked at before anything is served.</summary>
public interface IEncryptionStart
{
    /// <summary>Refuses to start without a key, without one that data keys are wrapped with, or on a development key where that will not do.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>A task that ends when all is in order.</returns>
    /// <exception cref="CannotRunException">What is not; one sentence for the operator.</exception>
    Task VerifyAsync(CancellationToken cancellationToken);
}
