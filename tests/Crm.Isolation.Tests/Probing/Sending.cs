using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Crm.Testing;

namespace Crm.Isolation.Tests.Probing;

/// <summary>Sends drafts, and follows what they set going to its end.</summary>
internal static class Sending
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request; where the answer is a job, waits for it and answers with how it ended and which rows failed.</summary>
    public static async Task<Answer> SendAsync(HttpClient client, string method, Draft draft)
    {
        var answer = draft.Form is null
            ? await client.SendAsync(method, draft.Address, draft.Body, [.. draft.Headers.Select(h => (h.Key, h.Value))])
            : await SendFormAsync(client, draft, draft.Form);
        return answer.Headers.ContainsKey("Location") && answer.Status == HttpStatusCode.Accepted ? await FollowAsync(client, answer) : answer;
    }

    private static async Task<Answer> SendFormAsync(HttpClient client, Draft draft, Dictionary<string, string> form)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, part) in form)
        {
            if (name == "file")
                content.Add(new StringContent(part), name, "rows.csv");
            else
                content.Add(new StringContent(part), name);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, draft.Address) { Content = content };
        foreach (var (name, value) in draft.Headers)
            request.Headers.Add(name, value);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            response.StatusCode, JsonNode.Parse(text), text,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    private static async Task<Answer> FollowAsync(HttpClient client, Answer accepted)
    {
        var path = accepted.Headers["Location"];
        var since = Stopwatch.GetTimestamp();
        Answer job;
        do
        {
            if (Stopwatch.GetElapsedTime(since) > Deadline)
                throw new TimeoutException("The job did not end: " + accepted.Text);
            await Task.Delay(20);
            job = await client.SendAsync("GET", path);
        }
        while (job.Body?["status"]?.GetValue<string>() is "queued" or "running");

        var errors = await client.SendAsync("GET", path + "/errors");
        return accepted with
        {
            Body = new JsonObject { ["accepted"] = accepted.Body?.DeepClone(), ["job"] = job.Body?.DeepClone(), ["errors"] = errors.Body?.DeepClone() },
            Text = accepted.Text + job.Text + errors.Text,
        };
    }
}
