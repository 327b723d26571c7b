using Crm.Application.Identity;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// The keys of this installation: the newest whose time has come signs, all verify. Keys put into the source later are found without a
/// restart, and a key that has
/// not signed for so long that all its tokens have expired is left out.
/// </summary>
[Singleton(AlsoAsItself = true)]
internal sealed partial class SigningKeyRing(ISigningKeySource source, TimeProvider time, ILogger<SigningKeyRing> logger) : IPublicKeys
{
    // How old the ring may be before it is loaded again, and how soon a token with an unknown key may cause that.
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    // A minute more than a token can live, for the clocks of the nodes.
    private static readonly TimeSpan RetiredAfter = AccessTokens.LongestLifetime + TimeSpan.FromMinutes(1);

    private readonly Lock _loading = new();
    private Ring? _ring;

    public IReadOnlyList<PublicKey> Keys => [.. Current(GoodFor).Keys.Select(k => k.Public)];

    /// <summary>The key to sign with.</summary>
    public SigningKey Signer
    {
        get
        {
            var (ring, now) = (Current(GoodFor), time.GetUtcNow());

            // All of them wait for their time where the older ones were taken out in a hurry: then the oldest is the best known.
            return Array.FindLast(ring.Keys, key => key.SignsFrom is not { } from || from <= now) ?? ring.Keys[0];
        }
    }

    /// <summary>Finds a key to verify with, by the id a token carries.</summary>
    public SigningKey? Find(string id) =>
        Current(GoodFor).ById.GetValueOrDefault(id) ?? Current(AskAgainAfter).ById.GetValueOrDefault(id);

    /// <summary>How many keys have no token left that is good: a newer one has been signing for longer than any token lives.</summary>
    public static int Retired(DateTimeOffset?[] signsFrom, DateTimeOffset now) =>
        Math.Max(0, Array.FindLastIndex(signsFrom, from => from + RetiredAfter < now));

    private Ring Current(TimeSpan goodFor)
    {
        var ring = Volatile.Read(ref _ring);
        if (ring is not null && time.GetElapsedTime(ring.LoadedAt) < goodFor)
            return ring;

        lock (_loading)
        {
            ring = _ring;
            if (ring is null || time.GetElapsedTime(ring.LoadedAt) >= goodFor)
                Volatile.Write(ref _ring, ring = Reload(ring));
            return ring;
        }
    }

    // A source that cannot be read for the moment must not end the service while there are keys at hand.
    private Ring Reload(Ring? present)
    {
        try
        {
            return Load();
        }
        catch (Exception e) when (present is not null)
        {
            LogReloadFailed(logger, e);
            return present with { LoadedAt = time.GetTimestamp() };
        }
    }

    private Ring Load()
    {
        // A key that was there before is kept, with what it has made ready.
        var present = _ring?.Keys.ToDictionary(k => new StoredKey(k.Pem, k.SignsFrom)) ?? [];
        StoredKey[] stored = [.. source.Load().DistinctBy(k => k.Pem)];
        var retired = Retired([.. stored.Select(k => k.SignsFrom)], time.GetUtcNow());
        SigningKey[] keys = [.. stored.Skip(retired).Select(k => present.GetValueOrDefault(k) ?? SigningKey.FromPem(k.Pem, k.SignsFrom))];
        return keys.Length > 0
            ? new Ring(keys, keys.ToDictionary(k => k.Public.Id), time.GetTimestamp())
            : throw new InvalidOperationException("There is no key to sign access tokens with.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The signing keys could not be loaded again; those at hand stay in use.")]
    private static partial void LogReloadFailed(ILogger logger, Exception exception);

    private sealed record Ring(SigningKey[] Keys, Dictionary<string, SigningKey> ById, long LoadedAt);
}
