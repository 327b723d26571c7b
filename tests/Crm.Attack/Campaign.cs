using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Crm.Attack;

/// <summary>
/// Many malformed requests to every operation of a running API, made from its OpenAPI document. What is looked for are answers that nobody
/// meant: a status of 500 and above, an
/// answer to a refusal that is no problem details, a connection that breaks off.
/// </summary>
public sealed class Campaign(Uri baseUrl, int seed)
{
    private readonly ConcurrentDictionary<(string Operation, int Status), int> _answers = new();
    private readonly ConcurrentDictionary<string, int> _codes = new();
    private readonly ConcurrentQueue<string> _unexplained = new();

    /// <summary>The bodies of the sign-ins in whose names requests are made, beside those of nobody.</summary>
    public required IReadOnlyList<JsonObject> Credentials { get; init; }

    /// <summary>How many requests to make.</summary>
    public int Requests { get; init; } = 100_000;

    /// <summary>How many are under way at a time.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>Makes the requests.</summary>
    public async Task<CampaignResult> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = baseUrl, Timeout = TimeSpan.FromSeconds(100) };
        var document = JsonNode.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), cancellationToken))!;
        var operations = ApiOperation.ReadAll(document);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var callers = Credentials.Select(c => new Caller(client, c)).ToList();
            for (var number = Interlocked.Increment(ref next); number < Requests; number = Interlocked.Increment(ref next))
                await AttackAsync(client, operations, callers, number, cancellationToken);
        }));
        return new CampaignResult(seed, Requests, operations.Count, _answers.ToDictionary(), _codes.ToDictionary(), [.. _unexplained]);
    }

    private async Task AttackAsync(HttpClient client, IReadOnlyList<ApiOperation> operations, List<Caller> callers, int number, CancellationToken cancellationToken)
    {
        var random = new Random(HashCode.Combine(seed, number));
        var operation = operations[number % operations.Count];
        var draft = new Mutation(random).Of(operation);

        // Mostly as whoever gets furthest, so that what lies behind the permissions is reached.
        var caller = random.Next(20) == 0 ? null : callers[operation.Path.StartsWith("/api/v1/host/", StringComparison.Ordinal) ? callers.Count - 1 : 0];
        if (caller is not null && draft.Authorization is null)
            draft = draft with { Authorization = await caller.TokenAsync(cancellationToken) };
        var place = $"#{number} {operation.Id} {draft.Method} {(draft.Target.Length > 300 ? draft.Target[..300] + "…" : draft.Target)} [{string.Join("; ", draft.Headers.Select(h => $"{h.Key}: {h.Value}"))}] {draft.ContentType} {draft.Body?.Length}";
        try
        {
            using var answer = await SendAsync(client, draft.ToRequest, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var status = (int)answer.StatusCode;
            _answers.AddOrUpdate((operation.Id, status), 1, (_, n) => n + 1);
            Judge(place, draft, answer, text);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                caller?.Forget(draft.Authorization);
        }
        catch (HttpRequestException broken)
        {
            // Kestrel ends the connection of one who goes on sending a body that was refused.
            if (draft.Body is not { Length: > 1_000_000 })
                _unexplained.Enqueue($"{place}: {broken.Message} {broken.InnerException?.Message}");
            _answers.AddOrUpdate((operation.Id, 0), 1, (_, n) => n + 1);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _unexplained.Enqueue($"{place}: no answer within {client.Timeout.TotalSeconds:F0} s");
        }
    }

    // A server that has refused a body closes the connection, perhaps while the next request is on its way over it: that one is made again,
    // once.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        try
        {
            using var first = make();
            return await client.SendAsync(first, cancellationToken);
        }
        catch (HttpRequestException closed) when (closed.HttpRequestError == HttpRequestError.ResponseEnded || closed.InnerException is IOException)
        {
            using var second = make();
            return await client.SendAsync(second, cancellationToken);
        }
    }

    private void Judge(string place, Draft draft, HttpResponseMessage answer, string text)
    {
        var status = (int)answer.StatusCode;
        if (status < 400)
            return;

        var isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var code = isProblem && text.Length > 0 ? (string?)JsonNode.Parse(text)!["code"] : null;
        _codes.AddOrUpdate($"{status} {code}", 1, (_, n) => n + 1);

        // Three statuses come from the server itself, before any code of the API has seen the request; what answers a HEAD has no body.
        var isServers = status is 400 or 414 or 431 && text.Length == 0;
        var isExplained = status is 503 && code is "statement_timeout";
        if ((status >= 500 && !isExplained) || (!isProblem && !isServers && draft.Method != "HEAD"))
            _unexplained.Enqueue($"{place}: {status} {text[..Math.Min(text.Length, 300)]}");
    }

    private sealed class Caller(HttpClient client, JsonObject credentials)
    {
        private string? _token;

        public async Task<string> TokenAsync(CancellationToken cancellationToken)
        {
            if (_token is not null)
                return _token;
            using var answer = await SendAsync(client, SignIn, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return _token = answer.IsSuccessStatusCode ? (string)JsonNode.Parse(text)!["accessToken"]! : throw new InvalidOperationException("The sign-in failed: " + text);
        }

        private HttpRequestMessage SignIn() => new(HttpMethod.Post, "/api/v1/auth/sign-in") { Content = new StringContent(credentials.ToJsonString(), Encoding.UTF8, "application/json") };

        public void Forget(string? token)
        {
            if (_token == token)
                _token = null;
        }
    }
}

/// <summary>One malformed request.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">Path and query, escaped.</param>
internal sealed record Draft(string Method, string Target)
{
    public byte[]? Body { get; init; }

    public string? ContentType { get; init; }

    public string? Authorization { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Target);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            if (ContentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        if (Authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", Authorization.Contains(' ', StringComparison.Ordinal) ? Authorization : new AuthenticationHeaderValue("Bearer", Authorization).ToString());
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
