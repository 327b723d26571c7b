using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crm.Application.Records;

namespace Crm.Api.Http;

/// <summary>Writes answers straight into the response.</summary>
internal static class Answers
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText Page = JsonEncodedText.Encode("page");
    private static readonly JsonEncodedText NextCursor = JsonEncodedText.Encode("nextCursor");
    private static readonly JsonEncodedText HasMore = JsonEncodedText.Encode("hasMore");
    private static readonly JsonEncodedText Count = JsonEncodedText.Encode("count");

    /// <summary>Writes JSON.</summary>
    public static async Task WriteJsonAsync(this HttpContext context, int status, Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, Options))
            write(writer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes an answer that is no record.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    public static Task WriteJsonAsync<T>(this HttpContext context, int status, T answer, JsonTypeInfo<T> shape) =>
        context.WriteJsonAsync(status, writer => JsonSerializer.Serialize(writer, answer, shape));

    /// <summary>Writes a whole record with its ETag.</summary>
    public static Task WriteRecordAsync(this HttpContext context, RecordDocument record, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.ETag = ETag(record.Version);
        return context.WriteJsonAsync(status, record.WriteTo);
    }

    /// <summary>Writes a page.</summary>
    public static Task WritePageAsync(this HttpContext context, RecordPage page) => context.WriteJsonAsync(StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray(Data);
        foreach (var record in page.Data)
            record.WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteStartObject(Page);
        writer.WriteString(NextCursor, page.NextCursor);
        writer.WriteBoolean(HasMore, page.NextCursor is not null);
        writer.WriteEndObject();
        if (page.Count is { } count)
        {
            writer.WriteStartObject(Count);
            writer.WriteNumber("value", count.Value);
            writer.WriteString("relation", count.Relation);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    /// <summary>The strong ETag of a version.</summary>
    public static string ETag(int version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";
}
