using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using Crm.Application.Identity;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>A new signing key on two running nodes, whose clock the test moves.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private ApiHost _a = null!;
    private ApiHost _b = null!;
    private TestTenant _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _a = await ApiHost.StartAsync(services => services.AddSingleton<TimeProvider>(_time));
        _b = await _a.StartNodeAsync(services => services.AddSingleton<TimeProvider>(_time));
        _acme = await _a.CreateTenantAsync("acme");
    }

    public async ValueTask DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
    }

    [Fact]
    public async Task Every_node_publishes_a_new_key_within_a_minute_signs_with_it_later_and_signs_nobody_out()
    {
        var before = await _a.OpenSessionAsync(new { email = _acme.Email, password = _acme.Password });
        var old = KeyOf(before.AccessToken);
        (await PublishedAsync(_b)).ShouldBe([old]);
        var rotated = _a.Services.GetRequiredService<ISigningKeyRotation>().Rotate();

        _time.Advance(TimeSpan.FromMinutes(1));
        foreach (var node in new[] { _a, _b })
        {
            (await PublishedAsync(node)).ShouldBe([old, rotated.Id]);
            KeyOf((await node.OpenSessionAsync(new { email = _acme.Email, password = _acme.Password })).AccessToken).ShouldBe(old);
        }

        _time.Advance(rotated.SignsFrom - _time.GetUtcNow());
        var after = await _a.OpenSessionAsync(new { email = _acme.Email, password = _acme.Password });
        KeyOf(after.AccessToken).ShouldBe(rotated.Id);
        (await _b.CreateClient().With(after.AccessToken).SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
        (await _b.CreateClient().With(before.AccessToken).SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
        var refreshed = await _b.RefreshAsync(before.RefreshToken);
        refreshed.Status.ShouldBe(HttpStatusCode.OK);
        KeyOf((string)refreshed.Body!["accessToken"]!).ShouldBe(rotated.Id);

        _time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(3));
        (await PublishedAsync(_b)).ShouldBe([rotated.Id]);
    }

    private static async Task<IReadOnlyList<string>> PublishedAsync(ApiHost node) =>
        [.. (await node.CreateClient().SendAsync("GET", "/.well-known/jwks.json")).Body!["keys"]!.AsArray().Select(k => (string)k!["kid"]!)];

    private static string KeyOf(string token) => (string)JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!["kid"]!;
}
