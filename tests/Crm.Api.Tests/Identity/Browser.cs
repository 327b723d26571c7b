using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crm.Testing;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// What a browser does with a session in cookies: keeps what the API sets and sends it along. An <see cref="HttpClient"/> of its own
/// accord sends secure cookies over HTTPS alone, where a browser takes this machine to be as good.
/// </summary>
internal sealed class Browser(ApiHost host)
{
    private readonly HttpClient _client = host.CreateClient();
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The cookies as they were set, attributes included, by their names.</summary>
    public Dictionary<string, string> Set { get; } = [];

    /// <summary>The value of a cookie; <c>null</c> when there is none.</summary>
    public string? this[string cookie]
    {
        get => _cookies.GetValueOrDefault(cookie);
        set
        {
            if (value is null)
                _cookies.Remove(cookie);
            else
                _cookies[cookie] = value;
        }
    }

    /// <summary>The token of the session.</summary>
    public string CsrfToken { get; private set; } = "";

    /// <summary>Signs in in cookie mode and expects success.</summary>
    public async Task<Answer> SignInAsync(object credentials)
    {
        var answer = await SendAsync("POST", People.SignInPath, credentials);
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException(answer.Text);
        CsrfToken = answer.Body!["csrfToken"]!.GetValue<string>();
        return answer;
    }

    /// <summary>Sends a request with the cookies and the session's CSRF token, as a page of the session does.</summary>
    public Task<Answer> SendWithTokenAsync(string method, string path, object? body = null) => SendAsync(method, path, body, ("X-CSRF-Token", CsrfToken));

    /// <summary>Sends a request with the cookies.</summary>
    public async Task<Answer> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        await SendAsync(method, path, body is null ? null : new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"), headers);

    /// <summary>Sends a request with the cookies and a body of any kind.</summary>
    public async Task<Answer> SendAsync(string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (_cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            Keep(cookie);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), text,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    private void Keep(string cookie)
    {
        var (name, value) = (cookie[..cookie.IndexOf('=', StringComparison.Ordinal)], cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(';')[0]);
        Set[name] = cookie;
        if (cookie.Contains("max-age=0;", StringComparison.OrdinalIgnoreCase))
            _cookies.Remove(name);
        else
            _cookies[name] = value;
    }
}
