using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>
/// What is wrong with the form of a body and what the rules hold against the rest of it is told in one answer, whatever kind of body it is.
/// </summary>
public sealed class AllFaultsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Of_an_API_key() =>
        await RefusedAsync("POST", "/api/v1/api-keys", new { name = " ", scopes = new object[] { "contacts:read", 7, "contacts:fly" }, allowedIps = new[] { "nowhere" }, expiresAt = "2020-01-01T00:00:00Z", nope = 1 },
            "/scopes/1 invalid_type", "/nope unknown_member", "/name blank", "/scopes/2 unknown_scope", "/allowedIps/0 invalid_ip_range", "/expiresAt not_in_future");

    [Fact]
    public async Task Of_an_API_key_without_its_scopes() =>
        await RefusedAsync("POST", "/api/v1/api-keys", new { name = " " }, "/scopes required", "/name blank");

    [Fact]
    public async Task Of_a_list_that_is_none_or_too_long()
    {
        await RefusedAsync("POST", "/api/v1/api-keys", new { name = " ", scopes = "contacts:read" }, "/scopes invalid_type", "/name blank");
        await RefusedAsync("POST", "/api/v1/api-keys", new { name = " ", scopes = Enumerable.Repeat(1, 1001) }, "/scopes too_many", "/name blank");
    }

    [Fact]
    public async Task Of_a_change_of_an_API_key()
    {
        var key = await Client.SendAsync("POST", "/api/v1/api-keys", new { name = "Ranges", scopes = new[] { "contacts:read" } });
        key.Status.ShouldBe(HttpStatusCode.Created, key.Text);
        var path = $"/api/v1/api-keys/{key.Body!["apiKey"]!["id"]}";

        await RefusedAsync("PATCH", path, new { allowedIps = new[] { "nowhere" }, nope = 1 }, "/allowedIps/0 invalid_ip_range", "/nope unknown_member");
        await RefusedAsync("POST", path + "/rotate", new { overlapHours = 169, nope = 1 }, "/nope unknown_member", "/overlapHours out_of_range");
        foreach (var hours in new[] { -1, 169 })
            await RefusedAsync("POST", path + "/rotate", new { overlapHours = hours }, "/overlapHours out_of_range");
    }

    [Fact]
    public async Task Of_a_role()
    {
        var body = new
        {
            permissions = new[] { "contacts:read", "contacts:fly" },
            scopes = new Dictionary<string, string> { ["roles:read"] = "own", ["deals:read"] = "mine" },
            fields = new Dictionary<string, string> { ["deals.shape"] = "none", ["deals.amount"] = "some" },
            nope = 1,
        };
        string[] faults = ["/permissions/1 unknown_permission", "/scopes/roles:read not_scoped", "/scopes/deals:read invalid_choice", "/fields/deals.shape not_restrictable", "/fields/deals.amount invalid_choice", "/nope unknown_member"];

        await RefusedAsync("POST", "/api/v1/admin/roles", body, [.. faults, "/name required"]);
        await RefusedAsync("PATCH", $"/api/v1/admin/roles/{Guid.NewGuid()}", body, faults);
    }

    [Fact]
    public async Task Of_the_settings_of_which_only_those_sent_are_spoken_of()
    {
        await RefusedAsync("PATCH", "/api/v1/admin/settings", new { locale = "Klingon", currency = (string?)null, passwordMinLength = "many", sessionIdleDays = 900, local = 1 },
            "/passwordMinLength invalid_type", "/local unknown_member", "/currency not_null", "/locale invalid_choice", "/sessionIdleDays out_of_range");
        await RefusedAsync("PATCH", "/api/v1/admin/settings", new[] { 1 }, " invalid_type");
    }

    [Fact]
    public async Task Of_an_invitation() =>
        await RefusedAsync("POST", "/api/v1/invitations", new { email = "no address", name = 7, nope = 1 }, "/name invalid_type", "/nope unknown_member", "/role required", "/email invalid_email");

    [Fact]
    public async Task Of_a_provider_key()
    {
        await RefusedAsync("POST", "/api/v1/provider-keys", new { provider = "NO", name = "", secret = (string?)null, nope = 1 }, "/secret not_null", "/nope unknown_member", "/provider invalid_provider", "/name blank");
        await RefusedAsync("POST", $"/api/v1/provider-keys/{Guid.NewGuid()}/rotate", new { secret = "short", nope = 1 }, "/nope unknown_member", "/secret invalid_secret");
    }

    [Fact]
    public async Task Of_a_password_as_far_as_it_can_be_judged_without_knowing_whose_it_is()
    {
        await RefusedAsync("POST", "/api/v1/me/password", new { currentPassword = "", newPassword = "Short-1", nope = 1 }, "/nope unknown_member", "/currentPassword required", "/newPassword password_too_short");
        await RefusedAsync("POST", "/api/v1/me/password", new { currentPassword = "", newPassword = 5 }, "/newPassword invalid_type", "/currentPassword required");
    }

    private async Task RefusedAsync(string method, string path, object body, params string[] faults)
    {
        var answer = await Client.SendAsync(method, path, body);
        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Faults.ShouldBe(faults, ignoreOrder: true);
    }
}
