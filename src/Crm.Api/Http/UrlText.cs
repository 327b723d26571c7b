using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Crm.Domain.Common;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Api.Http;

/// <summary>
/// Refuses addresses that are not UTF-8: the web server leaves such bytes encoded, so that they would be taken for a text that nobody sent.
/// </summary>
internal static class UrlText
{
    /// <summary>Refuses query parameters whose name or value is not UTF-8.</summary>
    /// <exception cref="InvalidException">There are such; all are told.</exception>
    public static void DemandTextInQuery(this HttpRequest request)
    {
        if (request.QueryString.Value is not { } query || IsText(query))
            return;

        var faults = query[1..].Split('&').Where(part => !IsText(part)).Select(part => part.Split('=')[0])
            .Select(name => FieldError.In(IsText(name) ? Uri.UnescapeDataString(name) : name, "invalid_text", "Names and values of parameters are texts in UTF-8, percent-encoded."));
        throw new InvalidException([.. faults]);
    }

    /// <summary>Reads a text in the path.</summary>
    /// <exception cref="InvalidException">It is not UTF-8.</exception>
    public static string ReadText(this HttpContext context, string parameter)
    {
        // The other parts of the path are known words: what is no text in it stands in this one.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        return IsText(path) ? (string)context.Request.RouteValues[parameter]! : throw new InvalidException([FieldError.In(parameter, "invalid_text", "The text in the path is not UTF-8, percent-encoded.")]);
    }

    private static bool IsText(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal))
            return true;

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(encoded.Length));
        try
        {
            return Utf8.IsValid(bytes.AsSpan(0, Decode(encoded, bytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // A percent sign that begins no byte stands for itself, as the web server has it.
    private static int Decode(ReadOnlySpan<char> encoded, Span<byte> bytes)
    {
        var length = 0;
        while (encoded.Length > 0)
        {
            if (encoded[0] == '%' && encoded.Length > 2 && char.IsAsciiHexDigit(encoded[1]) && char.IsAsciiHexDigit(encoded[2]))
            {
                bytes[length++] = byte.Parse(encoded[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                encoded = encoded[3..];
            }
            else
            {
                length += Encoding.UTF8.GetBytes(encoded[..1], bytes[length..]);
                encoded = encoded[1..];
            }
        }

        return length;
    }
}
