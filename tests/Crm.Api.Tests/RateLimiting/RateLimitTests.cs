using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.RateLimiting;

public sealed partial class RateLimitTests
{
    private const string SignInPath = "/api/v1/auth/sign-in";
    private const string StrengthPath = "/api/v1/auth/password/strength";
    private const string MePath = "/api/v1/me";

    private static readonly (string, string) On = ("RateLimits:Enabled", "true");

    [Fact]
    public async Task Every_answer_tells_how_the_limits_stand_and_one_too_many_when_to_come_back()
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Authenticated:Limit", "3"));
        var acme = await api.CreateTenantAsync("acme");

        var first = await acme.Client.SendAsync("GET", MePath);
        first.Headers["RateLimit-Policy"].ShouldBe("\"authenticated\";q=3;w=60, \"tenant\";q=6000;w=60");
        Standing(first, "authenticated").ShouldBe(2);
        Standing(first, "tenant").ShouldBe(5999);
        first.Headers.Keys.ShouldNotContain("Retry-After");
        var missing = await acme.Client.SendAsync("GET", $"/api/v1/contacts/{Guid.NewGuid()}");
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
        Standing(missing, "authenticated").ShouldBe(1);
        Standing(await acme.Client.SendAsync("POST", "/api/v1/contacts", new { nonsense = 1 }), "authenticated").ShouldBe(0);

        var refused = await acme.Client.SendAsync("GET", MePath);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Code.ShouldBe("rate_limited");
        refused.Headers["Content-Type"].ShouldBe("application/problem+json");
        Standing(refused, "authenticated").ShouldBe(0);
        Standing(refused, "tenant").ShouldBe(5997, "what was refused did not use it up");
        RetryAfter(refused).ShouldBeInRange(1, 61);

        // Another user of the tenant is counted for herself, and for the tenant.
        await api.AddUserAsync(acme, "mary@acme.example", "Mary", "viewer", acme.Password);
        using var mary = await SignedInAsync(api, "mary@acme.example", acme.Password);
        var hers = await mary.SendAsync("GET", MePath);
        Standing(hers, "authenticated").ShouldBe(2);
        Standing(hers, "tenant").ShouldBe(5996);
    }

    [Fact]
    public async Task An_API_key_is_counted_for_itself_and_not_for_its_user()
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Authenticated:Limit", "2"));
        var acme = await api.CreateTenantAsync("acme");
        var made = await acme.Client.SendAsync("POST", "/api/v1/api-keys", new { name = "A program", scopes = new[] { "contacts:read" } });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        using var program = api.CreateClient();
        program.DefaultRequestHeaders.Add("X-API-Key", made.Body!["secret"]!.GetValue<string>());

        var answer = await program.SendAsync("GET", "/api/v1/contacts");
        Standing(answer, "authenticated").ShouldBe(1);
        Standing(answer, "tenant").ShouldBe(5998);
        Standing(await acme.Client.SendAsync("GET", MePath), "authenticated").ShouldBe(0);
        (await program.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.OK);
        (await program.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_tenant_s_users_share_its_ceiling()
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Tenant:Limit", "2"));
        var (acme, beta) = (await api.CreateTenantAsync("acme"), await api.CreateTenantAsync("beta"));
        await api.AddUserAsync(acme, "mary@acme.example", "Mary", "viewer", acme.Password);
        using var mary = await SignedInAsync(api, "mary@acme.example", acme.Password);

        (await acme.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        (await mary.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
        var refused = await mary.SendAsync("GET", MePath);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        Standing(refused, "authenticated").ShouldBe(299);
        (await beta.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_sixth_attempt_for_an_account_is_refused_whatever_its_password_and_the_next_wait_is_longer()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var api = await ApiHost.StartAsync(services => services.AddSingleton<TimeProvider>(time), On);
        var acme = await api.CreateTenantAsync("acme");
        using var client = api.CreateClient();

        // The owner's own sign-in was the first of five.
        for (var i = 0; i < 4; i++)
            (await client.SendAsync("POST", SignInPath, new { email = i % 2 == 0 ? acme.Email : acme.Email.ToUpperInvariant(), password = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var sixth = await client.SendAsync("POST", SignInPath, new { email = acme.Email, password = acme.Password });
        sixth.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        sixth.Code.ShouldBe("rate_limited");
        sixth.Headers["RateLimit-Policy"].ShouldBe("\"public\";q=60;w=60, \"login\";q=5;w=60");
        Standing(sixth, "login").ShouldBe(0);
        Standing(sixth, "public").ShouldBe(54);
        RetryAfter(sixth).ShouldBe(60);
        var other = await client.SendAsync("POST", SignInPath, new { email = "other@acme.example", password = acme.Password });
        other.Status.ShouldBe(HttpStatusCode.Unauthorized, "another account is counted for itself");

        time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 5; i++)
            (await SignInAsync(client, acme)).Status.ShouldBe(HttpStatusCode.OK);
        RetryAfter(await SignInAsync(client, acme)).ShouldBe(120);
    }

    [Fact]
    public async Task Refused_attempts_stand_in_the_hosts_log_in_one_entry_for_each_request_and_all_refusals_are_measured()
    {
        var measured = new List<string?>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument is { Meter.Name: "Crm", Name: "crm.ratelimit.refused" }) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, times, tags, _) =>
        {
            lock (measured)
                measured.AddRange(Enumerable.Repeat(tags.ToArray().Single(t => t.Key == "limit").Value?.ToString(), (int)times));
        });
        listener.Start();
        await using var api = await ApiHost.StartAsync();
        var acme = await api.CreateTenantAsync("acme");
        await using (var node = await api.StartNodeAsync(null, On, ("RateLimits:Public:Limit", "9"), ("RateLimits:Authenticated:Limit", "1"), ("Audit:FlushInterval", "01:00:00")))
        {
            using var client = node.CreateClient();
            for (var i = 0; i < 7; i++)
                await client.SendAsync("POST", "/api/v1/auth/password/forgot", new { email = "somebody@acme.example" });
            for (var i = 0; i < 3; i++)
                await SignInAsync(client, acme);
            client.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;
            for (var i = 0; i < 2; i++)
                await client.SendAsync("GET", MePath);
        }

        await using var database = Npgsql.NpgsqlDataSource.Create(api.Database.SuperConnectionString);
        await using var command = database.CreateCommand("SELECT string_agg(origin || ' ' || (fields->>'code') || ' ' || (fields->>'count') || ' ' || host(address), ', ' ORDER BY origin) FROM host_changes WHERE action = 'attempts_limited'");
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("RequestPasswordReset rate_limited 2 127.0.0.1, SignIn rate_limited 1 127.0.0.1");
        // Other tests run beside this one, so there may be more than what is looked for.
        lock (measured)
            (measured.Count(m => m == "login") >= 2, measured.Contains("public"), measured.Contains("authenticated")).ShouldBe((true, true, true));
    }

    [Fact]
    public async Task An_address_may_ask_so_often_without_signing_in_whatever_it_asks()
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Public:Limit", "4"));
        var acme = await api.CreateTenantAsync("acme");
        using var client = api.CreateClient();

        // Signing in was the first.
        (await client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        (await client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var last = await client.SendAsync("POST", StrengthPath, new { password = "x" });
        last.Status.ShouldBe(HttpStatusCode.OK);
        last.Headers["RateLimit-Policy"].ShouldBe("\"public\";q=4;w=60");
        foreach (var path in new[] { StrengthPath, "/api/v1/auth/refresh", "/api/v1/auth/password/forgot" })
            (await client.SendAsync("POST", path, new { nonsense = 1 })).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        (await acme.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.OK, "whoever is signed in is counted as a user");
        var health = await client.SendAsync("GET", "/health/live");
        health.Status.ShouldBe(HttpStatusCode.OK);
        health.Headers.Keys.ShouldNotContain("RateLimit");
    }

    [Theory]
    [InlineData("/api/v1/auth/refresh", "refreshToken")]
    [InlineData("/api/v1/auth/sign-in", "email")]
    [InlineData("/api/v1/auth/password/forgot", "email")]
    [InlineData("/api/v1/auth/password/reset", "token")]
    [InlineData("/api/v1/auth/invitations/accept", "token")]
    [InlineData("/api/v1/auth/email/confirm", "token")]
    public async Task A_secret_can_be_tried_five_times(string path, string member)
    {
        await using var api = await ApiHost.StartAsync(On);
        using var client = api.CreateClient();
        var body = new Dictionary<string, string> { [member] = "somebody@acme.example" };
        if (path.EndsWith("/reset", StringComparison.Ordinal))
            body["newPassword"] = ApiHost.NewPassword();
        if (path.EndsWith("/sign-in", StringComparison.Ordinal))
            body["password"] = ApiHost.NewPassword();

        for (var i = 0; i < 5; i++)
            (await client.SendAsync("POST", path, body)).Status.ShouldNotBe(HttpStatusCode.TooManyRequests);
        (await client.SendAsync("POST", path, body)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        body[member] = "other@acme.example";
        (await client.SendAsync("POST", path, body)).Status.ShouldNotBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task The_strict_profile_counts_an_address_over_all()
    {
        await using var api = await ApiHost.StartAsync(On, ("RateLimits:Profile", "strict"), ("RateLimits:Address:Limit", "3"));
        var acme = await api.CreateTenantAsync("acme");
        using var client = api.CreateClient();

        var answer = await acme.Client.SendAsync("GET", MePath);
        answer.Headers["RateLimit-Policy"].ShouldBe("\"address\";q=3;w=900, \"authenticated\";q=300;w=60, \"tenant\";q=6000;w=60");
        (await SignInAsync(client, acme)).Headers["RateLimit-Policy"].ShouldBe("\"address\";q=3;w=900, \"public\";q=60;w=60, \"login\";q=5;w=900");
        (await acme.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task The_host_s_operator_has_the_limit_of_administration_and_no_tenant()
    {
        await using var api = await ApiHost.StartAsync(On);
        var acme = await api.CreateTenantAsync("acme");
        await using (var database = Npgsql.NpgsqlDataSource.Create(api.Database.SuperConnectionString))
        await using (var command = database.CreateCommand("UPDATE users SET is_host_operator = true"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        using var host = await SignedInAsync(api, acme.Email, acme.Password);

        (await host.SendAsync("GET", "/api/v1/host/tenants")).Headers["RateLimit-Policy"].ShouldBe("\"admin\";q=1000;w=60");
        (await acme.Client.SendAsync("GET", "/api/v1/host/tenants")).Headers["RateLimit-Policy"].ShouldStartWith("\"admin\"");
    }

    [Fact]
    public async Task Each_limit_and_all_of_them_can_be_switched_off()
    {
        await using var none = await ApiHost.StartAsync();
        var acme = await none.CreateTenantAsync("acme");
        (await acme.Client.SendAsync("GET", MePath)).Headers.Keys.ShouldNotContain("RateLimit");

        await using var some = await none.StartNodeAsync(null, On, ("RateLimits:Login:Enabled", "false"), ("RateLimits:Authenticated:Enabled", "false"));
        using var client = some.CreateClient();
        client.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;
        (await client.SendAsync("GET", MePath)).Headers["RateLimit-Policy"].ShouldBe("\"tenant\";q=6000;w=60");
        for (var i = 0; i < 7; i++)
            (await SignInAsync(client, acme)).Status.ShouldBe(HttpStatusCode.OK);

        await using var login = await none.StartNodeAsync(null, On, ("RateLimits:Public:Enabled", "false"));
        using var guesser = login.CreateClient();
        (await SignInAsync(guesser, acme)).Headers["RateLimit-Policy"].ShouldBe("\"login\";q=5;w=60");
        (await guesser.SendAsync("POST", StrengthPath, new { password = "x" })).Headers.Keys.ShouldNotContain("RateLimit");
    }

    [Fact]
    public async Task Nodes_with_a_Redis_count_together()
    {
        await using var redis = await TestRedis.StartAsync();
        (string, string)[] settings = [On, redis.Setting, ("Redis:Timeout", "00:00:05"), ("RateLimits:Authenticated:Limit", "2")];
        await using var one = await ApiHost.StartAsync(settings);
        await using var other = await one.StartNodeAsync(null, settings);
        var acme = await one.CreateTenantAsync("acme");
        using var client = other.CreateClient();
        client.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;

        Standing(await acme.Client.SendAsync("GET", MePath), "authenticated").ShouldBe(1);
        Standing(await client.SendAsync("GET", MePath), "authenticated").ShouldBe(0);
        (await acme.Client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.SendAsync("GET", "/api/v1/nowhere")).Headers.Keys.ShouldNotContain("RateLimit");
    }

    private static int Standing(Answer answer, string name) =>
        int.Parse(Item().Matches(answer.Headers["RateLimit"]).Single(m => m.Groups[1].Value == name).Groups[2].Value, CultureInfo.InvariantCulture);

    private static int RetryAfter(Answer answer) => int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture);

    private static Task<Answer> SignInAsync(HttpClient client, TestTenant tenant) => client.SendAsync("POST", SignInPath, new { tenant = tenant.Identifier, email = tenant.Email, password = tenant.Password });

    private static async Task<HttpClient> SignedInAsync(ApiHost api, string email, string password)
    {
        var client = api.CreateClient();
        var answer = await client.SendAsync("POST", SignInPath, new { email, password });
        client.DefaultRequestHeaders.Authorization = new("Bearer", answer.Body!["accessToken"]!.GetValue<string>());
        return client;
    }

    [GeneratedRegex("""
        "(\w+)";r=(\d+);t=\d+
        """)]
    private static partial Regex Item();
}
