using System.Net;
using Crm.Api.Hosting;
using Crm.Domain.Common;
using Crm.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

public sealed class SecurityHeadersTests
{
    [Fact]
    public async Task Every_answer_carries_the_security_headers_whatever_its_status()
    {
        var api = await ApiHost.StartAsync();
        await using var stopped = api;
        var tenant = await api.CreateTenantAsync("alpha");
        using var nobody = api.CreateClient();

        List<(HttpStatusCode Expected, Answer Answer)> answers =
        [
            (HttpStatusCode.OK, await tenant.Client.SendAsync("GET", "/api/v1/contacts")),
            (HttpStatusCode.BadRequest, await tenant.Client.SendAsync("GET", "/api/v1/contacts?x=1")),
            (HttpStatusCode.NotFound, await tenant.Client.SendAsync("GET", "/nowhere")),
            (HttpStatusCode.NotFound, await tenant.Client.SendAsync("GET", $"/api/v1/contacts/{Guid.NewGuid()}")),
            (HttpStatusCode.Unauthorized, await nobody.SendAsync("GET", "/api/v1/contacts")),
            (HttpStatusCode.MethodNotAllowed, await nobody.SendAsync("PUT", "/api/v1/contacts")),
            (HttpStatusCode.OK, await nobody.SendAsync("GET", "/health/live")),
            (HttpStatusCode.OK, await nobody.SendAsync("GET", "/openapi/v1.json")),
        ];
        await using (var superuser = NpgsqlDataSource.Create(api.Database.SuperConnectionString))
        await using (var rename = superuser.CreateCommand("ALTER TABLE contacts RENAME TO contacts_no_more"))
            await rename.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var failed = await tenant.Client.SendAsync("GET", "/api/v1/contacts");
        answers.Add((HttpStatusCode.InternalServerError, failed));
        await api.Database.DisposeAsync();
        answers.Add((HttpStatusCode.ServiceUnavailable, await tenant.Client.SendAsync("GET", "/api/v1/contacts")));

        answers.Select(a => a.Answer.Status).ShouldBe(answers.Select(a => a.Expected));
        foreach (var (_, answer) in answers)
        {
            answer.Headers["Strict-Transport-Security"].ShouldBe("max-age=31536000; includeSubDomains");
            answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
            answer.Headers["Referrer-Policy"].ShouldBe("no-referrer");
            answer.Headers["Content-Security-Policy"].ShouldBe("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
            answer.Headers["Permissions-Policy"].ShouldContain("geolocation=()");
            answer.Headers.Keys.ShouldNotContain("Server");
        }

        failed.Code.ShouldBe("internal_error");
        failed.Headers.Keys.ShouldNotContain("Retry-After");
        answers[^1].Answer.Code.ShouldBe("database_unavailable");
        answers[^1].Answer.Headers["Retry-After"].ShouldBe("5");
        foreach (var (_, answer) in answers.TakeLast(2))
        {
            answer.Text.ShouldNotContain(api.Database.Name);
            answer.Text.ShouldNotContain("contacts_no_more");
            answer.Text.ShouldNotContain("Npgsql");
        }
    }

    [Fact]
    public async Task What_is_not_available_tells_when_to_come_back()
    {
        await using var api = await ApiHost.StartAsync((_, _) => { }, app =>
        {
            app.UseCrm();
            app.MapGet("/away", context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            });
            app.MapGet("/too-much", _ => throw new UnavailableException("statement_timeout", "Ask for less."));
        });
        using var client = api.CreateClient();

        var away = await client.SendAsync("GET", "/away");
        (away.Status, away.Code, away.Headers["Retry-After"]).ShouldBe((HttpStatusCode.ServiceUnavailable, "unavailable", "5"));
        (await client.SendAsync("GET", "/too-much")).Headers.Keys.ShouldNotContain("Retry-After", "another try would end in the same way");
    }

    [Fact]
    public async Task What_failed_is_told_to_developers_and_to_nobody_else()
    {
        foreach (var environment in new[] { "Development", "Staging", "Production" })
        {
            await using var api = await ApiHost.StartAsync(("environment", environment));
            var tenant = await api.CreateTenantAsync("alpha");
            await using (var superuser = NpgsqlDataSource.Create(api.Database.SuperConnectionString))
            await using (var rename = superuser.CreateCommand("ALTER TABLE contacts RENAME TO contacts_no_more"))
                await rename.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            var failed = await tenant.Client.SendAsync("GET", "/api/v1/contacts");

            (failed.Status, failed.Code).ShouldBe((HttpStatusCode.InternalServerError, "internal_error"));
            failed.Text.Contains("PostgresException", StringComparison.Ordinal).ShouldBe(environment == "Development");
        }
    }
}
