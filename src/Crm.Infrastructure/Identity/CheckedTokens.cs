using Crm.Application.Caching;
using Crm.Application.Identity;

namespace Crm.Infrastructure.Identity;

/// <summary>Remembers tokens that were found good, by their hash, until they expire or their key is gone: checking a signature costs a hundred times as much.</summary>
internal sealed class CheckedTokens(int capacity, SigningKeyRing keys, TimeProvider time)
{
    private readonly BoundedMap<TokenHash, Entry> _tokens = new(capacity);

    private sealed record Entry(AccessToken Token, string KeyId);

    /// <summary>Finds a token that is still good. Allows no skew: a token that needs it is checked anew every time.</summary>
    public AccessToken? Find(TokenHash hash) =>
        _tokens.TryGet(hash, out var entry) && time.GetUtcNow() < entry.Token.ExpiresAt && keys.Find(entry.KeyId) is not null ? entry.Token : null;

    /// <summary>Remembers a good token and the key that proved it.</summary>
    public void Keep(TokenHash hash, AccessToken token, string keyId) => _tokens.Set(hash, new Entry(token, keyId));
}
