using Crm.Application.ApiKeys;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// The peppers at hand, read anew every half a minute: the newest whose time has come hashes new secrets, all are tried to find a secret.
/// </summary>
[Singleton(AlsoAsItself = true)]
internal sealed partial class PepperRing(PepperFolder folder, TimeProvider time, ILogger<PepperRing> logger) : IApiKeyMint
{
    /// <summary>How long the ring is relied on.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly Lock _loading = new();
    private Ring? _ring;

    private sealed record Ring(IReadOnlyList<Pepper> Peppers, long LoadedAt);

    public MintedSecret Mint()
    {
        var (peppers, now) = (Current(), time.GetUtcNow());
        var pepper = peppers.LastOrDefault(p => p.UsedFrom is not { } from || from <= now) ?? peppers[0];
        var text = ApiKeyText.Create();
        return new MintedSecret(text, ApiKeyText.Hash(text, pepper.Key), pepper.Id);
    }

    /// <summary>The hashes under which a secret may be kept.</summary>
    public byte[][] HashesOf(string text) => [.. Current().Select(p => ApiKeyText.Hash(text, p.Key))];

    private IReadOnlyList<Pepper> Current()
    {
        lock (_loading)
        {
            if (_ring is null || time.GetElapsedTime(_ring.LoadedAt) >= GoodFor)
                _ring = new Ring(Load(_ring), time.GetTimestamp());
            return _ring.Peppers;
        }
    }

    // A folder that cannot be read for the moment must not end the service while there are peppers at hand.
    private IReadOnlyList<Pepper> Load(Ring? present)
    {
        try
        {
            return folder.Load();
        }
        catch (Exception failure) when (present is not null)
        {
            NotReloaded(logger, failure);
            return present.Peppers;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The folder of peppers could not be read; those known are used on")]
    private static partial void NotReloaded(ILogger logger, Exception failure);
}
