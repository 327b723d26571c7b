using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;

namespace Crm.Api.Tests.Imports;

/// <summary>Imports as clients make them.</summary>
internal static class Importing
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Sends a file; what is <c>null</c> is left out.</summary>
    public static Task<Answer> ImportAsync(this HttpClient client, string? csv, string? recordType, object? mapping, string? dryRun = null) =>
        client.ImportAsync(csv is null ? null : Encoding.UTF8.GetBytes(csv), recordType, mapping, dryRun);

    public static async Task<Answer> ImportAsync(this HttpClient client, byte[]? file, string? recordType, object? mapping, string? dryRun = null)
    {
        using var parts = new MultipartFormDataContent();
        if (file is not null)
            parts.Add(new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } }, "file", "rows.csv");
        if (recordType is not null)
            parts.Add(new StringContent(recordType), "recordType");
        if (mapping is not null)
            parts.Add(new StringContent(mapping as string ?? JsonSerializer.Serialize(mapping)), "mapping");
        if (dryRun is not null)
            parts.Add(new StringContent(dryRun), "dryRun");
        return await client.SendContentAsync("/api/v1/imports", parts);
    }

    /// <summary>Sends a body as it is.</summary>
    public static async Task<Answer> SendContentAsync(this HttpClient client, string path, HttpContent content)
    {
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), text, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Sends a file and waits until its job has ended.</summary>
    public static async Task<JsonNode> ImportToTheEndAsync(this HttpClient client, string csv, string recordType, object mapping, bool dryRun = false)
    {
        var answer = await client.ImportAsync(csv, recordType, mapping, dryRun ? "true" : null);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return await client.EndOfAsync(answer.Headers["Location"]);
    }

    /// <summary>Waits until a job has ended.</summary>
    public static Task<JsonNode> EndOfAsync(this HttpClient client, string job) =>
        Until.ShouldBe(() => client.JobAsync(job), j => j["status"]!.GetValue<string>() is "succeeded" or "failed" or "cancelled", Deadline);

    public static async Task<JsonNode> JobAsync(this HttpClient client, string job)
    {
        var answer = await client.SendAsync("GET", job);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Body!;
    }

    /// <summary>The result of a job as <c>created/updated/failed/warnings</c>.</summary>
    public static string Counts(this JsonNode job) =>
        string.Join('/', new[] { "created", "updated", "failed", "warnings" }.Select(name => job["result"]![name]!.ToJsonString()));

    /// <summary>What a job found wrong, each as <c>row severity column code value</c>, gone through page by page.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(this HttpClient client, JsonNode job, int limit = 200)
    {
        var faults = new List<string>();
        string? cursor = null;
        do
        {
            var page = await client.SendAsync("GET", $"/api/v1/jobs/{job["id"]}/errors?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
            faults.AddRange(page.Body!["data"]!.AsArray().Select(f => $"{f!["row"]} {f["severity"]} {f["column"] ?? "-"} {f["code"]} {f["value"] ?? "-"}"));
            cursor = page.Body["page"]!["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return faults;
    }

    /// <summary>How many records fulfil a filter, or there are.</summary>
    public static async Task<int> CountAsync(this HttpClient client, string plural, string filter = "")
    {
        var answer = await client.SendAsync("GET", $"/api/v1/{plural}?limit=1&count=exact{(filter.Length == 0 ? "" : "&" + filter)}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Body!["count"]!["value"]!.GetValue<int>();
    }
}
