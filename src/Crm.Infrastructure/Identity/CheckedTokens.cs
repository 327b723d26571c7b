using Crm.Application.Caching;
using Crm.Application.Identity;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Remembers tokens that were found good until they expire or their key is gone: checking a signature costs a hundred times as much. They
/// are kept as they
/// are, about a KiB each, and not as hashes: a hash that nobody can forge costs several times the look-up, in every request, and what a
/// token opens is as near
/// to it in memory as its text. None that was not signed here is ever kept.
/// </summary>
internal sealed class CheckedTokens(int capacity, SigningKeyRing keys, TimeProvider time)
{
    private readonly BoundedMap<string, Entry> _tokens = new(capacity);

    private sealed record Entry(AccessToken Token, string KeyId);

    /// <summary>Finds a token that is still good. Allows no skew: a token that needs it is checked again every time.</summary>
    public AccessToken? Find(string text) =>
        _tokens.TryGet(text, out var entry) && time.GetUtcNow() < entry.Token.ExpiresAt && keys.Find(entry.KeyId) is not null
            ? entry.Token
            : null;

    /// <summary>Remembers a good token and the key that proved it.</summary>
    public void Keep(string text, AccessToken token, string keyId) => _tokens.Set(text, new Entry(token, keyId));
}
