using Crm.Application.Secrets;
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
