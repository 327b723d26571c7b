using Crm.Application.Secrets;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Secrets;

/// <summary>Looks at the keys before anything is served.</summary>
[Singleton]
internal sealed class EncryptionStart(IKeyRing ring, KeyEncryptionKeys keys, IOptions<DevelopmentKeyOptions> development) : IEncryptionStart
{
    public async Task VerifyAsync(CancellationToken cancellationToken) =>
        await VerifyAsync(await keys.CurrentAsync(cancellationToken), cancellationToken);

    public async Task LookAsync(CancellationToken cancellationToken) =>
        await VerifyAsync(await keys.ExpectAsync(cancellationToken), cancellationToken);

    private async Task VerifyAsync(string? current, CancellationToken cancellationToken)
    {
        if (current is null)
            throw EncryptionErrors.NoKey();
        var held = await ring.ListAsync(cancellationToken);
        foreach (var (id, _) in await keys.ListNeededAsync(cancellationToken))
        {
            if (held.All(k => k.Id != id))
                throw EncryptionErrors.MissingKey(id);
        }

        if (!development.Value.Allowed && held.First(k => k.Id == current).IsDevelopment)
            throw EncryptionErrors.DevelopmentKey(current);
    }
}
