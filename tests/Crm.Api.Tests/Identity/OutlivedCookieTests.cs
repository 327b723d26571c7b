using System.Net;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// Sessions in cookies whose access token has expired, or cannot be read any more; the refresh token in the other cookie has not been used
/// yet.
/// </summary>
public sealed class OutlivedCookieTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Access = "__Host-crm_access";
    private const string Refresh = "__Host-crm_refresh";
    private const string CsrfPath = "/api/v1/auth/csrf-token";
    private const string SignOutPath = "/api/v1/auth/sign-out";
    private const string MePath = "/api/v1/me";

    private ApiHost Host => fixture.Host;

    public static TheoryData<string> Ways => ["expired", "foreign", "gone"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_page_loaded_anew_learns_its_csrf_token_by_the_refresh_cookie_and_goes_on(string way)
    {
        var (browser, _) = await OutlivedAsync(way);
        var refresh = browser[Refresh];

        var told = await browser.SendAsync("GET", CsrfPath);

        (told.Status, told.Body!["value"]!.GetValue<string>()).ShouldBe((HttpStatusCode.OK, browser.CsrfToken));
        told.Headers["Cache-Control"].ShouldBe("no-store");
        told.Headers.Keys.ShouldNotContain("Set-Cookie");
        browser[Refresh].ShouldBe(refresh);
        (await browser.SendAsync("GET", MePath)).Code.ShouldBe(way == "foreign" ? "invalid_token" : "token_expired");
        (await browser.SendAsync("POST", "/api/v1/auth/refresh-cookie", body: null, ("X-CSRF-Token", told.Body["value"]!.GetValue<string>()))).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refresh_cookie_tells_the_csrf_token_while_its_session_is_live_and_it_is_unused_or_just_used()
    {
        var (browser, email) = await OutlivedAsync("gone");
        var first = browser[Refresh];
        (await browser.SendWithTokenAsync("POST", "/api/v1/auth/refresh-cookie")).Status.ShouldBe(HttpStatusCode.OK);
        var second = browser[Refresh];
        (browser[Access], browser[Refresh]) = (null, first);
        (await browser.SendAsync("GET", CsrfPath)).Status.ShouldBe(HttpStatusCode.OK);

        await Host.ScalarAsync("UPDATE refresh_tokens SET used_at = used_at - interval '1 minute' WHERE used_at IS NOT NULL AND session_id IN (SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1)", email);
        (await browser.SendAsync("GET", CsrfPath)).Code.ShouldBe("token_expired");

        browser[Refresh] = second;
        (await browser.SendWithTokenAsync("POST", SignOutPath)).Status.ShouldBe(HttpStatusCode.NoContent);
        browser[Refresh] = second;
        (await browser.SendAsync("GET", CsrfPath)).Code.ShouldBe("token_expired");
        browser[Refresh] = "nonsense";
        (await browser.SendAsync("GET", CsrfPath)).Code.ShouldBe("token_expired");
        (await new Browser(Host) { [Access] = "nonsense" }.SendAsync("GET", CsrfPath)).Code.ShouldBe("invalid_token");
        (await new Browser(Host).SendAsync("GET", CsrfPath)).Code.ShouldBe("unauthenticated");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Signing_in_over_it_needs_its_csrf_token_and_ends_it(string way)
    {
        var (browser, former) = await OutlivedAsync(way);
        var (email, password) = await Host.CreatePersonAsync("acme");
        var credentials = new { tenant = "acme", email, password, mode = "cookie" };

        (await browser.SendAsync("POST", People.SignInPath, credentials)).Code.ShouldBe("csrf_token_missing");
        (await browser.SendAsync("POST", People.SignInPath, credentials, ("X-CSRF-Token", "nonsense"))).Code.ShouldBe("csrf_token_invalid");
        (await EndOfAsync(former)).ShouldBeNull();

        (await browser.SendWithTokenAsync("POST", People.SignInPath, credentials)).Status.ShouldBe(HttpStatusCode.OK);
        (await EndOfAsync(former)).ShouldBe("replaced");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_page_signs_out_by_the_refresh_cookie_and_its_csrf_token(string way)
    {
        var (browser, email) = await OutlivedAsync(way);
        (await browser.SendAsync("POST", SignOutPath)).Code.ShouldBe("csrf_token_missing");
        (await browser.SendAsync("POST", SignOutPath, body: null, ("X-CSRF-Token", "nonsense"))).Code.ShouldBe("csrf_token_invalid");
        (await EndOfAsync(email)).ShouldBeNull();

        var answer = await browser.SendWithTokenAsync("POST", SignOutPath);

        (answer.Status, answer.Headers["Clear-Site-Data"]).ShouldBe((HttpStatusCode.NoContent, "\"cache\", \"storage\""));
        browser[Access].ShouldBeNull();
        browser[Refresh].ShouldBeNull();
        (await EndOfAsync(email)).ShouldBe("signed_out");
    }

    [Fact]
    public async Task A_page_of_a_suspended_tenant_learns_its_csrf_token_and_can_leave()
    {
        var identifier = ApiHost.NewIdentifier();
        var tenant = await Host.CreateTenantAsync(identifier);
        var browser = new Browser(Host);
        await browser.SignInAsync(new { email = tenant.Email, password = tenant.Password, mode = "cookie" });
        browser[Access] = null;
        await Host.ScalarAsync("UPDATE tenants SET status = 'suspended' WHERE id = $1", tenant.Id);

        (await browser.SendAsync("GET", CsrfPath)).Body!["value"]!.GetValue<string>().ShouldBe(browser.CsrfToken);
        (await browser.SendWithTokenAsync("POST", SignOutPath)).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_else_is_done_by_the_refresh_cookie(string way)
    {
        var (browser, email) = await OutlivedAsync(way);

        foreach (var (method, path) in new[] { ("GET", "/api/v1/contacts"), ("POST", "/api/v1/auth/sign-out-everywhere"), ("PUT", MePath) })
        {
            // The last one is not an operation at all.
            (await browser.SendWithTokenAsync(method, path)).Status.ShouldBe(method == "PUT" ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.Unauthorized, path);
        }

        (await EndOfAsync(email)).ShouldBeNull();
    }

    private async Task<(Browser Browser, string Email)> OutlivedAsync(string way)
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var browser = new Browser(Host);
        await browser.SignInAsync(new { tenant = "acme", email, password, mode = "cookie" });
        browser[Access] = way switch { "expired" => Expired(browser[Access]!), "foreign" => "nonsense", _ => null };
        return (browser, email);
    }

    private string Expired(string token)
    {
        using var forged = new ForgedTokens(Host, token);
        var then = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3600;
        return forged.Ours(claims: c => (c["iat"], c["exp"]) = (then, then + 900));
    }

    private async Task<string?> EndOfAsync(string email) =>
        await Host.ScalarAsync("SELECT s.revoked_reason FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", email) as string;
}
