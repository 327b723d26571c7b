using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Crm.Testing;

/// <summary>HTTP as tests speak it: JSON in, status and JSON out.</summary>
public static class Json
{
    /// <summary>Sends a request and reads the answer.</summary>
    public static async Task<Answer> SendAsync(this HttpClient client, string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), text, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Creates a record and returns it.</summary>
    public static async Task<JsonNode> CreateAsync(this HttpClient client, string plural, object body)
    {
        var answer = await client.SendAsync("POST", $"/api/v1/{plural}", body);
        return answer.Status == HttpStatusCode.Created ? answer.Body! : throw new InvalidOperationException($"{(int)answer.Status} {answer.Text}");
    }
}

/// <summary>An answer of the API.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body as JSON; <c>null</c> when empty.</param>
/// <param name="Text">The body as text.</param>
/// <param name="Headers">The headers, names without regard to case.</param>
public sealed record Answer(HttpStatusCode Status, JsonNode? Body, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The ids of a page's records, in order.</summary>
    public IReadOnlyList<Guid> Ids => [.. Body!["data"]!.AsArray().Select(r => r!["id"]!.GetValue<Guid>())];

    /// <summary>The faults of a refused request, as <c>pointer code</c>.</summary>
    public IReadOnlyList<string> Faults => [.. Body!["errors"]!.AsArray().Select(e => $"{e!["pointer"] ?? e["parameter"]} {e["code"]}")];

    /// <summary>Status and text: the lists above are there for some answers alone, so that a failing test could not print the others.</summary>
    public override string ToString() => $"{(int)Status} {Text}";

    /// <summary>The stable code of a problem.</summary>
    public string? Code => Body?["code"]?.GetValue<string>();
}
