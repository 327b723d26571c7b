using System.Net;
using System.Net.Http.Headers;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class CookieSessionTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Access = "__Host-crm_access";
    private const string Refresh = "__Host-crm_refresh";
    private const string MePath = "/api/v1/me";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Tokens_of_a_page_are_in_cookies_that_no_script_and_no_other_site_gets()
    {
        var browser = new Browser(Host);

        var answer = await browser.SignInAsync(await CredentialsAsync());

        answer.Body!["accessToken"].ShouldBeNull();
        answer.Body["refreshToken"].ShouldBeNull();
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        browser.Set.Keys.ShouldBe([Access, Refresh, "__Host-crm_device"], ignoreOrder: true);
        foreach (var name in new[] { Access, Refresh })
        {
            var attributes = browser.Set[name].Split("; ").Skip(1).Select(a => a.ToLowerInvariant());
            attributes.ShouldBe(["max-age=1209600", "path=/", "secure", "samesite=strict", "httponly"], ignoreOrder: true);
        }

        (await browser.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_cookies_are_for_pages_of_another_site_they_say_so()
    {
        await using var api = await ApiHost.StartAsync(("Cookies:SameSite", "None"));
        var tenant = await api.CreateTenantAsync("alpha");
        var browser = new Browser(api);

        await browser.SignInAsync(new { email = tenant.Email, password = tenant.Password, mode = "cookie" });

        browser.Set[Access].ShouldContain("samesite=none");
    }

    [Fact]
    public async Task Every_operation_that_can_change_something_is_refused_without_the_sessions_own_csrf_token_and_as_a_form()
    {
        var (browser, other) = (await OpenAsync(), await OpenAsync());
        var operations = Operations().ToList();
        foreach (var (method, path) in operations)
        {
            var place = $"{method} {path}";
            var missing = await browser.SendAsync(method, path, new { });
            (place, missing.Status, missing.Code).ShouldBe((place, HttpStatusCode.Forbidden, "csrf_token_missing"));

            foreach (var token in new[] { other.CsrfToken, "", "nonsense", browser.CsrfToken[..^1], browser.CsrfToken + "A" })
            {
                var foreign = await browser.SendAsync(method, path, new { }, ("X-CSRF-Token", token));
                (place, foreign.Status, foreign.Code).ShouldBe((place, HttpStatusCode.Forbidden, "csrf_token_invalid"));
            }

            foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded" })
            {
                var form = new StringContent("{}", MediaTypeHeaderValue.Parse(type));
                (place, (await browser.SendAsync(method, path, form)).Status).ShouldBe((place, HttpStatusCode.Forbidden));
                var proved = await browser.SendAsync(method, path, new StringContent("{}", MediaTypeHeaderValue.Parse(type)), ("X-CSRF-Token", browser.CsrfToken));
                (place, proved.Status, proved.Code).ShouldBe((place, HttpStatusCode.Forbidden, "csrf_content_type"));
            }
        }

        operations.Count.ShouldBeGreaterThan(50);

        // None of all this had an effect on the session.
        (await browser.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_page_changes_things_with_the_token_and_learns_it_anew_after_it_was_reloaded()
    {
        var browser = await OpenAsync();

        (await browser.SendWithTokenAsync("POST", "/api/v1/companies", new { name = "Weavers" })).Status.ShouldBe(HttpStatusCode.Created);

        var told = await browser.SendAsync("GET", "/api/v1/auth/csrf-token");
        told.Body!["value"]!.GetValue<string>().ShouldBe(browser.CsrfToken);
        told.Headers["Cache-Control"].ShouldBe("no-store");
    }

    [Fact]
    public async Task The_token_is_the_same_on_every_node_and_that_of_no_other_session()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());

        first.CsrfToken.ShouldNotBe(second.CsrfToken);
        first.CsrfToken.Length.ShouldBe(43);
    }

    [Fact]
    public async Task A_bearer_token_beside_the_cookies_is_what_counts_and_needs_no_csrf_token()
    {
        var browser = await OpenAsync();
        var bearer = await Host.OpenSessionAsync(new { email = fixture.Beta.Email, password = fixture.Beta.Password });

        var me = await browser.SendAsync("GET", MePath, body: null, ("Authorization", $"Bearer {bearer.AccessToken}"));
        me.Body!["tenant"]!["identifier"]!.GetValue<string>().ShouldBe("beta");
        (await browser.SendAsync("POST", "/api/v1/companies", new { name = "Weavers" }, ("Authorization", $"Bearer {bearer.AccessToken}"))).Status.ShouldBe(HttpStatusCode.Created);
        (await browser.SendAsync("GET", MePath, body: null, ("Authorization", "Basic eDp5"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_page_goes_on_by_its_cookie_and_its_csrf_token_and_gets_new_cookies()
    {
        var browser = await OpenAsync();
        var (access, refresh) = (browser[Access], browser[Refresh]);

        var answer = await browser.SendWithTokenAsync("POST", "/api/v1/auth/refresh-cookie");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body!["csrfToken"]!.GetValue<string>().ShouldBe(browser.CsrfToken);
        answer.Body["accessToken"].ShouldBeNull();
        browser[Access].ShouldNotBe(access);
        browser[Refresh].ShouldNotBe(refresh);
        (await browser.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_page_goes_on_when_its_access_token_has_expired_but_not_without_its_csrf_token()
    {
        var (browser, other) = (await OpenAsync(), await OpenAsync());
        browser[Access] = "expired";

        (await browser.SendAsync("POST", "/api/v1/auth/refresh-cookie")).Code.ShouldBe("csrf_token_missing");
        (await browser.SendAsync("POST", "/api/v1/auth/refresh-cookie", body: null, ("X-CSRF-Token", other.CsrfToken))).Code.ShouldBe("csrf_token_invalid");
        (await browser.SendWithTokenAsync("POST", "/api/v1/auth/refresh-cookie")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_anyone_may_read_is_read_by_any_cookie_without_a_csrf_token()
    {
        var browser = await OpenAsync();
        (await browser.SendAsync("GET", "/.well-known/jwks.json")).Status.ShouldBe(HttpStatusCode.OK);

        browser[Access] = "nonsense";
        (await browser.SendAsync("GET", "/.well-known/jwks.json")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_is_prolonged_without_a_cookie_or_with_a_wrong_one()
    {
        var nobody = new Browser(Host);

        (await nobody.SendAsync("POST", "/api/v1/auth/refresh-cookie")).Code.ShouldBe("invalid_refresh_token");
        nobody[Refresh] = "nonsense";
        (await nobody.SendAsync("POST", "/api/v1/auth/refresh-cookie")).Code.ShouldBe("invalid_refresh_token");
    }

    [Theory]
    [InlineData("/api/v1/auth/sign-out")]
    [InlineData("/api/v1/auth/sign-out-everywhere")]
    public async Task Signing_out_takes_the_cookies_away_and_ends_the_session(string path)
    {
        var browser = await OpenAsync();
        var access = browser[Access];

        var answer = await browser.SendWithTokenAsync("POST", path);

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers["Clear-Site-Data"].ShouldBe("\"cache\", \"storage\"");
        browser[Access].ShouldBeNull();
        browser[Refresh].ShouldBeNull();
        browser[Access] = access;
        await Until.ShouldBe(() => browser.SendAsync("GET", MePath), answer => answer.Code == "session_ended", Deadline);
    }

    [Fact]
    public async Task A_program_that_signs_out_is_not_told_to_clear_a_browser()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var client = await Host.SignInAsync(new { email, password });

        var answer = await client.SendAsync("POST", "/api/v1/auth/sign-out");

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.Keys.ShouldNotContain("Clear-Site-Data");
    }

    [Fact]
    public async Task Whoever_still_has_cookies_of_a_session_that_is_over_can_sign_in_again()
    {
        var credentials = await CredentialsAsync();
        var browser = new Browser(Host);
        await browser.SignInAsync(credentials);
        (await browser.SendAsync("POST", People.SignInPath, credentials)).Code.ShouldBe("csrf_token_missing");
        var (access, refresh) = (browser[Access], browser[Refresh]);
        await browser.SendWithTokenAsync("POST", "/api/v1/auth/sign-out");
        (browser[Access], browser[Refresh]) = (access, refresh);

        await Until.ShouldBe(() => browser.SendAsync("POST", People.SignInPath, credentials), answer => answer.Status == HttpStatusCode.OK, Deadline);
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("bearer")]
    public async Task Signing_in_over_a_session_ends_it_whoever_signs_in_but_a_failed_attempt_does_not(string mode)
    {
        var (formerEmail, formerPassword) = await Host.CreatePersonAsync("acme");
        var browser = new Browser(Host);
        await browser.SignInAsync(new { email = formerEmail, password = formerPassword, mode = "cookie" });
        var access = browser[Access];
        var (email, password) = await Host.CreatePersonAsync("acme");

        (await browser.SendWithTokenAsync("POST", People.SignInPath, new { tenant = "acme", email, password = ApiHost.NewPassword(), mode })).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);

        (await browser.SendWithTokenAsync("POST", People.SignInPath, new { tenant = "acme", email, password, mode })).Status.ShouldBe(HttpStatusCode.OK);
        (await Host.ScalarAsync("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND s.revoked_at IS NULL", email)).ShouldBe(1L);
        browser[Access] = access;
        await Until.ShouldBe(() => browser.SendAsync("GET", MePath), answer => answer.Code == "session_ended", Deadline);
        (await Host.ScalarAsync("SELECT revoked_reason FROM sessions WHERE user_id = $1", await Host.UserIdAsync(formerEmail))).ShouldBe("replaced");
    }

    [Fact]
    public async Task A_cookie_that_is_no_access_token_is_refused_as_a_bearer_token_is()
    {
        var browser = new Browser(Host) { [Access] = "nonsense" };

        var answer = await browser.SendAsync("GET", MePath);

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Unauthorized, "invalid_token"));
        (await browser.SendAsync("POST", "/api/v1/companies", new { name = "x" })).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<object> CredentialsAsync()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        return new { tenant = "acme", email, password, mode = "cookie" };
    }

    private async Task<Browser> OpenAsync()
    {
        var browser = new Browser(Host);
        await browser.SignInAsync(await CredentialsAsync());
        return browser;
    }

    // Of all that is mapped, whoever may call it.
    private IEnumerable<(string Method, string Path)> Operations()
    {
        foreach (var endpoint in Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            if (method is not ("GET" or "HEAD"))
                yield return (method, endpoint.RoutePattern.RawText!.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal));
        }
    }
}
