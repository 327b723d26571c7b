using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Takes a compact token apart, strictly: three parts of base64url without padding or spaces, each of the first two one JSON object of
/// plain members without repetition. Says nothing about whether it is genuine.
/// </summary>
internal static class JwtParser
{
    /// <summary>The longest token looked at; ours have about 500 characters.</summary>
    public const int MaxLength = 4096;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>Takes a token apart.</summary>
    public static ParsedJwt? Parse(string token)
    {
        if (token.Length > MaxLength || token.AsSpan().ContainsAnyExcept(Alphabet))
            return null;
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var second = token.LastIndexOf('.');
        if (first <= 0 || second <= first + 1 || token.AsSpan(first + 1, second - first - 1).Contains('.'))
            return null;

        try
        {
            return new ParsedJwt(
                Object(token.AsSpan(0, first)),
                Object(token.AsSpan(first + 1, second - first - 1)),
                Encoding.ASCII.GetBytes(token, 0, second),
                Base64Url.DecodeFromChars(token.AsSpan(second + 1)));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static JsonElement Object(ReadOnlySpan<char> part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException();
    }
}

/// <summary>A token taken apart.</summary>
/// <param name="Header">The header, an object.</param>
/// <param name="Payload">The claims, an object.</param>
/// <param name="Signed">What the signature is over.</param>
/// <param name="Signature">The signature.</param>
internal sealed record ParsedJwt(JsonElement Header, JsonElement Payload, byte[] Signed, byte[] Signature)
{
    /// <summary>A member of the header or the claims that must be a text.</summary>
    public static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A claim that must be a whole number of seconds since 1970.</summary>
    public static DateTimeOffset? Time(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
