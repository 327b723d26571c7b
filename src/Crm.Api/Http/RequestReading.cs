using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crm.Application.Bodies;
using Crm.Application.Records;
using Crm.Domain.Common;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Http;

/// <summary>Takes the parts of a request apart, strictly.</summary>
internal static class RequestReading
{
    private const int MaxDepth = 32;

    /// <summary>Reads the body as JSON.</summary>
    /// <exception cref="BadHttpRequestException">415 for another media type, 400 for a body that is not JSON, 413 for one too
    /// large.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(this HttpContext context, params string[] mediaTypes)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !Takes(mediaTypes, type))
            throw new BadHttpRequestException($"Send the body as {string.Join(" or ", mediaTypes)} in UTF-8.", StatusCodes.Status415UnsupportedMediaType);

        if (context.Request.Headers.ContentEncoding.Count > 0)
            throw new BadHttpRequestException("Send the body as it is, without a Content-Encoding.", StatusCodes.Status415UnsupportedMediaType);

        try
        {
            return await StrictJson.ParseAsync(context.Request.Body, MaxDepth, context.RequestAborted);
        }
        catch (JsonException error)
        {
            var place = error.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $": line {line + 1}, byte {(error.BytePositionInLine ?? 0) + 1}") : "";
            throw new InvalidException([FieldError.At("", "invalid_json", $"The body is not valid JSON in UTF-8, repeats a member or is nested too deep{place}.")]);
        }
    }

    /// <summary>Reads a JSON body that is no record into its type.</summary>
    /// <typeparam name="T">The body's type, a record whose nullable members may be left out.</typeparam>
    /// <exception cref="InvalidException">Members are unknown, missing, null or of the wrong type; all are reported, with what the
    /// request's rules hold against the others.</exception>
    public static Task<T> ReadJsonAsync<T>(this HttpContext context, JsonTypeInfo<T> shape)
        where T : notnull => context.ReadJsonAsync(shape, body => body);

    /// <summary>Reads a JSON body that is a part of a request.</summary>
    /// <typeparam name="TBody">The body's type, a record whose nullable members may be left out.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <exception cref="InvalidException">Members are unknown, missing, null or of the wrong type; all are reported, with what the
    /// request's rules hold against the others.</exception>
    public static async Task<TRequest> ReadJsonAsync<TBody, TRequest>(this HttpContext context, JsonTypeInfo<TBody> shape, Func<TBody, TRequest> make)
    {
        using var body = context.LeavesBodyOut() ? JsonDocument.Parse("{}") : await context.ReadJsonAsync("application/json");
        context.DemandForm<TRequest>(body.RootElement, shape);
        return make(body.RootElement.Deserialize(shape)!);
    }

    /// <summary>Refuses a body that cannot be read into its type.</summary>
    /// <typeparam name="TRequest">The request that is made of it.</typeparam>
    /// <exception cref="InvalidException">It has faults of form; the rules that its other members break are reported too.</exception>
    public static void DemandForm<TRequest>(this HttpContext context, JsonElement json, JsonTypeInfo shape)
    {
        var body = TypedBody.Read(json, shape);
        if (body.Faults.Count > 0)
            throw new InvalidException(context.RequestServices.GetRequiredService<IRequestRules<TRequest>>().FindFaults(body));
    }

    /// <summary>Reads an id in the path. One that is no UUID is the id of nothing.</summary>
    /// <exception cref="NotFoundException">It is no UUID.</exception>
    public static Guid ReadId(this HttpContext context, RecordType type, string parameter = "id") => context.FindId(parameter) ?? throw RecordErrors.NotFound(type);

    /// <summary>Reads the id in the path of what is no record. One that is no UUID is the id of nothing.</summary>
    /// <exception cref="NotFoundException">It is no UUID.</exception>
    public static Guid ReadId(this HttpContext context, Func<NotFoundException> missing) => context.FindId("id") ?? throw missing();

    /// <summary>Reads <c>limit</c>: how many items a page holds at most.</summary>
    /// <exception cref="InvalidException">It is something else.</exception>
    public static int ReadLimit(this HttpContext context) =>
        RecordQueryReader.Limit(context.ReadParameter("limit")) ?? throw RecordErrors.InvalidLimit();

    /// <summary>Reads a query parameter.</summary>
    public static string? ReadParameter(this HttpContext context, string name) =>
        context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Reads a query parameter that is <c>true</c> or <c>false</c>.</summary>
    /// <exception cref="InvalidException">It is neither.</exception>
    public static bool ReadFlag(this HttpContext context, string name) => context.Request.Query[name].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw new InvalidException([FieldError.In(name, "invalid_type", "Expected true or false.")]),
    };

    // Whatever Content-Type a client sends along by habit: what is not there has none.
    private static bool LeavesBodyOut(this HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { BodyIsOptional: true }
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private static Guid? FindId(this HttpContext context, string parameter) =>
        Guid.TryParseExact((string?)context.Request.RouteValues[parameter], "D", out var id) ? id : null;

    private static bool Takes(string[] mediaTypes, MediaTypeHeaderValue type) =>
        mediaTypes.Any(m => type.MediaType.Equals(m, StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
