using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;

namespace Crm.Api.Tests.OpenApi;

/// <summary>The OpenAPI document as tests look at it.</summary>
internal sealed class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    private ApiDocument(JsonNode root)
    {
        Root = root;
        Schemas = new SchemaCheck(root);
        Operations = [.. root["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => new DocumentedOperation(path.Key, o.Key.ToUpperInvariant(), o.Value!)))];
    }

    public JsonNode Root { get; }

    public SchemaCheck Schemas { get; }

    public IReadOnlyList<DocumentedOperation> Operations { get; }

    public static async Task<ApiDocument> ReadAsync(ApiHost api)
    {
        using var client = api.CreateClient();
        var answer = await client.SendAsync("GET", Path);
        answer.Status.ShouldBe(System.Net.HttpStatusCode.OK, answer.Text);
        return new ApiDocument(answer.Body!);
    }

    public DocumentedOperation Operation(string id) => Operations.Single(o => o.Id == id);

    /// <summary>Finds what in an answer is not as the document says.</summary>
    public IReadOnlyList<string> Misfits(string operation, Answer answer)
    {
        var status = ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Operation(operation).Node["responses"]![status] is not { } response)
            return [$"{operation} does not document {status}: {answer.Text}"];
        if (response["$ref"] is { } reference)
            response = Schemas.Resolve(reference);
        if (response["content"] is not { } content)
            return answer.Text.Length == 0 ? [] : [$"{operation} documents no body for {status}"];
        return content[answer.Headers["Content-Type"].Split(';')[0]] is { } media
            ? [.. Schemas.Misfits(media["schema"]!, answer.Body).Select(misfit => $"{operation} {status} {misfit}")]
            : [$"{operation} does not document {answer.Headers["Content-Type"]}"];
    }
}

/// <summary>One operation of the document.</summary>
internal sealed record DocumentedOperation(string Path, string Method, JsonNode Node)
{
    public string Id => (string)Node["operationId"]!;

    public bool IsPublic => Node["security"] is JsonArray { Count: 0 };

    public JsonNode? Body => Node["requestBody"]?["content"]?.AsObject().First().Value;

    public override string ToString() => Id;
}
