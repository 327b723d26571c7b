using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Crm.Application.Records;

/// <summary>
/// Parses JSON strictly: no member twice, not too deep, and UTF-8 throughout. The framework looks at the last only when a text is read, and
/// for the name of a member fails in a way that cannot be told from a mistake of ours; here it is a fault of the document.
/// </summary>
public static class StrictJson
{
    /// <summary>Parses a body.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static async Task<JsonDocument> ParseAsync(Stream utf8, int maxDepth, CancellationToken cancellationToken)
    {
        try
        {
            return Checked(await JsonDocument.ParseAsync(utf8, Options(maxDepth), cancellationToken));
        }
        catch (InvalidOperationException broken)
        {
            throw NoText(broken);
        }
    }

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static JsonDocument Parse(string text, int maxDepth)
    {
        try
        {
            return Checked(JsonDocument.Parse(text, Options(maxDepth)));
        }
        catch (InvalidOperationException broken)
        {
            throw NoText(broken);
        }
    }

    private static JsonDocumentOptions Options(int maxDepth) => new() { MaxDepth = maxDepth, AllowDuplicateProperties = false };

    private static JsonDocument Checked(JsonDocument document)
    {
        if (Utf8.IsValid(JsonMarshal.GetRawUtf8Value(document.RootElement)))
            return document;
        document.Dispose();
        throw NoText(null);
    }

    // Names are compared while they are looked at for repetition, and an escaped lone surrogate cannot be.
    private static JsonException NoText(Exception? cause) => new("The document holds what is no text.", cause);
}
