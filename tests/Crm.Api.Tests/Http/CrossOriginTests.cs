using System.Net;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

public sealed class CrossOriginTests
{
    private const string Page = "https://app.alpha.example";

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_call_with_its_cookies_and_read_what_it_needs()
    {
        await using var api = await ApiHost.StartAsync(("Cors:Origins:0", Page), ("Cors:Origins:1", "http://localhost:5173"));
        using var client = api.CreateClient();

        foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE" })
        {
            var preflight = await PreflightAsync(client, Page, method, "authorization,content-type,if-match,x-csrf-token,x-tenant,x-api-key");
            preflight.Status.ShouldBe(HttpStatusCode.NoContent);
            preflight.Headers["Access-Control-Allow-Origin"].ShouldBe(Page);
            preflight.Headers["Access-Control-Allow-Credentials"].ShouldBe("true");
            preflight.Headers["Access-Control-Allow-Methods"].ShouldBe("GET,POST,PUT,PATCH,DELETE");
            preflight.Headers["Access-Control-Max-Age"].ShouldBe("600");
            preflight.Headers["Access-Control-Allow-Headers"].ShouldContain("X-CSRF-Token");
        }

        // Errors too: a page has to tell its user why.
        var refused = await client.SendAsync("GET", "/api/v1/contacts", body: null, ("Origin", Page));
        refused.Status.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers["Access-Control-Allow-Origin"].ShouldBe(Page);
        refused.Headers["Access-Control-Expose-Headers"].ShouldContain("ETag");
        refused.Headers["Vary"].ShouldBe("Origin");
        (await client.SendAsync("GET", "/health/live", body: null, ("Origin", "http://localhost:5173"))).Headers["Access-Control-Allow-Origin"].ShouldBe("http://localhost:5173");
    }

    [Theory]
    [InlineData("https://app.alpha.example.evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("http://app.alpha.example")]
    [InlineData("https://app.alpha.example:444")]
    [InlineData("https://sub.app.alpha.example")]
    [InlineData("null")]
    public async Task A_page_of_any_other_origin_may_not(string origin)
    {
        await using var api = await ApiHost.StartAsync(("Cors:Origins:0", Page));
        using var client = api.CreateClient();

        foreach (var answer in new[] { await PreflightAsync(client, origin, "POST", "content-type"), await client.SendAsync("GET", "/health/live", body: null, ("Origin", origin)) })
            answer.Headers.Keys.ShouldNotContain(h => h.StartsWith("Access-Control-Allow", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Other_methods_and_headers_are_not_allowed_to_anyone()
    {
        await using var api = await ApiHost.StartAsync(("Cors:Origins:0", Page));
        using var client = api.CreateClient();

        (await PreflightAsync(client, Page, "TRACE", "content-type")).Headers["Access-Control-Allow-Methods"].ShouldNotContain("TRACE");
        (await PreflightAsync(client, Page, "POST", "x-forwarded-for")).Headers["Access-Control-Allow-Headers"].ShouldNotContain("forwarded", Case.Insensitive);
    }

    [Fact]
    public async Task Without_configured_origins_no_page_of_another_origin_may_call()
    {
        await using var api = await ApiHost.StartAsync();
        using var client = api.CreateClient();

        var preflight = await PreflightAsync(client, Page, "POST", "content-type");

        preflight.Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        preflight.Headers.Keys.ShouldNotContain(h => h.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("app.alpha.example")]
    [InlineData("https://app.alpha.example/")]
    [InlineData("https://APP.alpha.example")]
    [InlineData("https://app.alpha.example/path")]
    [InlineData("https://*.alpha.example")]
    [InlineData("ftp://app.alpha.example")]
    [InlineData("http://app.alpha.example")]
    public async Task What_is_no_exact_origin_over_https_stops_the_start(string origin)
    {
        var failure = await Should.ThrowAsync<OptionsValidationException>(() => ApiHost.StartAsync(("Cors:Origins:0", origin)));

        failure.Message.ShouldContain(origin);
    }

    [Fact]
    public async Task More_than_a_hundred_origins_stop_the_start()
    {
        var origins = Enumerable.Range(0, 101).Select(i => ($"Cors:Origins:{i}", $"https://app{i}.alpha.example")).ToArray();

        await Should.ThrowAsync<OptionsValidationException>(() => ApiHost.StartAsync(origins));
    }

    [Fact]
    public async Task In_development_a_page_served_without_encryption_can_be_allowed()
    {
        await using var api = await ApiHost.StartAsync(("environment", "Development"), ("Cors:Origins:0", "http://app.alpha.example"));
        using var client = api.CreateClient();

        (await client.SendAsync("GET", "/health/live", body: null, ("Origin", "http://app.alpha.example"))).Headers["Access-Control-Allow-Origin"].ShouldBe("http://app.alpha.example");
    }

    private static Task<Answer> PreflightAsync(HttpClient client, string origin, string method, string headers) =>
        client.SendAsync("OPTIONS", "/api/v1/contacts", body: null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));
}
