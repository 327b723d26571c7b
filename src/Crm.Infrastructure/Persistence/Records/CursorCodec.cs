using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Application.Records;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The key that cursors are signed with.</summary>
public sealed class CursorOptions
{
    /// <summary>
    /// At least 32 random bytes, the same on every node; made anew at start when none is given, so that cursors end with the process.
    /// </summary>
    public byte[] Key { get; set; } = RandomNumberGenerator.GetBytes(32);
}

/// <summary>
/// Makes and reads cursors: the keys of a page's last row, signed by HMAC-SHA-256 together with the tenant and the query, so that a cursor
/// can
/// be neither changed nor used for another query or by another tenant.
/// </summary>
[Singleton]
internal sealed class CursorCodec(IOptions<CursorOptions> options)
{
    private const int SignatureLength = 16;

    /// <summary>Makes a cursor.</summary>
    public string Encode(Guid tenantId, string query, IReadOnlyList<object?> values)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(values.Select(Text).ToArray());
        return Base64Url.EncodeToString([.. Sign(tenantId, query, payload), .. payload]);
    }

    /// <summary>Reads a cursor.</summary>
    public IReadOnlyList<object?>? Decode(Guid tenantId, string query, string cursor, IReadOnlyList<FieldKind> kinds)
    {
        if (!Base64Url.IsValid(cursor, out var length) || length <= SignatureLength)
            return null;

        var bytes = Base64Url.DecodeFromChars(cursor);
        var payload = bytes.AsSpan(SignatureLength);
        if (!CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureLength), Sign(tenantId, query, payload)))
            return null;

        // The signature holds, so the payload is one we made, for as many keys.
        var texts = JsonSerializer.Deserialize<string?[]>(payload)!;
        return [.. texts.Select((text, i) => text is null ? null : Value(text, kinds[i]))];
    }

    private byte[] Sign(Guid tenantId, string query, ReadOnlySpan<byte> payload)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, options.Value.Key);
        hmac.AppendData(tenantId.ToByteArray());
        hmac.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(query)));
        hmac.AppendData(payload);
        return hmac.GetHashAndReset()[..SignatureLength];
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        DateTime instant => instant.Ticks.ToString(CultureInfo.InvariantCulture),
        DateOnly date => date.DayNumber.ToString(CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static object Value(string text, FieldKind kind) => kind switch
    {
        FieldKind.Id => Guid.Parse(text),
        FieldKind.Integer => int.Parse(text, CultureInfo.InvariantCulture),
        FieldKind.Money => long.Parse(text, CultureInfo.InvariantCulture),
        FieldKind.Boolean => bool.Parse(text),
        FieldKind.Date => DateOnly.FromDayNumber(int.Parse(text, CultureInfo.InvariantCulture)),
        FieldKind.Timestamp => new DateTime(long.Parse(text, CultureInfo.InvariantCulture), DateTimeKind.Utc),
        _ => text,
    };
}
