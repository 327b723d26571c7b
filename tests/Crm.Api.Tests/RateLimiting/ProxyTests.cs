using System.Net;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.RateLimiting;

public sealed class ProxyTests
{
    private const string Path = "/api/v1/auth/password/strength";

    private static readonly (string, string) On = ("RateLimits:Enabled", "true");
    private static readonly (string, string) Two = ("RateLimits:Public:Limit", "2");

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Real-IP")]
    [InlineData("Forwarded")]
    [InlineData("X-Original-For")]
    [InlineData("True-Client-IP")]
    [InlineData("CF-Connecting-IP")]
    public async Task Without_proxies_no_header_changes_whose_request_it_is(string header)
    {
        // The framework's own switch would believe anybody.
        await using var api = await ApiHost.StartAsync(On, Two, ("ForwardedHeaders_Enabled", "true"));
        (await FromAsync(api, header, 1)).ShouldBe(HttpStatusCode.OK);
        (await FromAsync(api, header, 2)).ShouldBe(HttpStatusCode.OK);
        (await FromAsync(api, header, 3)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Behind_a_known_proxy_the_client_is_counted_and_what_it_claims_itself_is_not_believed()
    {
        await using var api = await ApiHost.StartAsync(On, Two, ("Proxies:Known:0", "127.0.0.0/8"), ("Proxies:Known:1", "::1/128"));
        for (var i = 1; i <= 3; i++)
            (await FromAsync(api, "X-Forwarded-For", i)).ShouldBe(HttpStatusCode.OK);

        // The proxy adds whom it speaks for at the end; what stands before came from the client.
        (await SendAsync(api, "X-Forwarded-For", "192.0.2.77, 203.0.113.9")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(api, "X-Forwarded-For", "192.0.2.78, 203.0.113.9")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(api, "X-Forwarded-For", "192.0.2.79, 203.0.113.9")).ShouldBe(HttpStatusCode.TooManyRequests);
        foreach (var other in new[] { "X-Real-IP", "Forwarded" })
        {
            for (var i = 1; i <= 2; i++)
                await FromAsync(api, other, i);
            (await FromAsync(api, other, 3)).ShouldBe(HttpStatusCode.TooManyRequests, other);
        }
    }

    [Fact]
    public async Task A_proxy_that_is_not_known_is_not_believed()
    {
        await using var api = await ApiHost.StartAsync(On, Two, ("Proxies:Known:0", "10.0.0.0/8"));
        for (var i = 1; i <= 2; i++)
            (await FromAsync(api, "X-Forwarded-For", i)).ShouldBe(HttpStatusCode.OK);
        (await FromAsync(api, "X-Forwarded-For", 3)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Several_proxies_are_looked_behind_as_far_as_is_said()
    {
        await using var api = await ApiHost.StartAsync(On, Two, ("Proxies:Known:0", "127.0.0.0/8"), ("Proxies:Known:1", "10.0.0.0/8"), ("Proxies:ForwardLimit", "2"));
        for (var i = 1; i <= 3; i++)
            (await SendAsync(api, "X-Forwarded-For", $"192.0.2.77, 203.0.113.{i}, 10.0.0.1")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.1", "::ffff:203.0.113.1", true)]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    public async Task Of_an_IPv6_address_the_network_counts(string one, string other, bool areOne)
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Public:Limit", "1"), ("Proxies:Known:0", "127.0.0.0/8"));
        (await SendAsync(api, "X-Forwarded-For", one)).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(api, "X-Forwarded-For", other)).ShouldBe(areOne ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_network_that_is_none_stops_the_start() =>
        (await Should.ThrowAsync<OptionsValidationException>(() => ApiHost.StartAsync(("Proxies:Known:0", "proxy.acme.example")))).Message.ShouldContain("proxy.acme.example is not a network");

    private static Task<HttpStatusCode> FromAsync(ApiHost api, string header, int client) =>
        SendAsync(api, header, header == "Forwarded" ? $"for=203.0.113.{client}" : $"203.0.113.{client}");

    private static async Task<HttpStatusCode> SendAsync(ApiHost api, string header, string value)
    {
        using var client = api.CreateClient();
        client.DefaultRequestHeaders.Add(header, value);
        return (await client.SendAsync("POST", Path, new { password = "x" })).Status;
    }
}
