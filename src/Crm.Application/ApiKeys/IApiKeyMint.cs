using Crm.Domain.ApiKeys;

namespace Crm.Application.ApiKeys;

/// <summary>Makes the secrets of API keys.</summary>
public interface IApiKeyMint
{
    /// <summary>Makes a secret.</summary>
    MintedSecret Mint();
}

/// <summary>A secret just made. Its text is told once and kept nowhere.</summary>
/// <param name="Text">The secret.</param>
/// <param name="Hash">What is kept of it: its HMAC under the present pepper.</param>
/// <param name="PepperId">The pepper.</param>
public sealed record MintedSecret(string Text, byte[] Hash, string PepperId)
{
    private const int ShownBefore = 13;
    private const int ShownBehind = 4;

    /// <summary>Makes it the present secret of a key.</summary>
    public ApiKeySecret GiveTo(ApiKey key, DateTimeOffset now)
    {
        key.Show(Text[..ShownBefore], Text[^ShownBehind..], now);
        return new ApiKeySecret { Hash = Hash, PepperId = PepperId, TenantId = key.TenantId, ApiKeyId = key.Id, CreatedAt = now };
    }

    /// <summary>The name alone: the secret must not end up in a log.</summary>
    public override string ToString() => nameof(MintedSecret);
}
