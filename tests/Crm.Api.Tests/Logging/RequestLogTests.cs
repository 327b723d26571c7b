using System.Text.Json.Nodes;
using Crm.Infrastructure.Telemetry;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Logging;

public sealed class RequestLogTests
{
    [Fact]
    public async Task A_request_leaves_one_line_that_says_what_was_called_by_whom_and_how_it_went()
    {
        using var log = new MemoryStream();
        Guid contact;
        TestTenant tenant;
        await using (var api = await StartAsync(log))
        {
            tenant = await api.CreateTenantAsync("alpha");
            contact = (Guid)(await tenant.Client.CreateAsync("contacts", new { lastName = "Secretname" }))["id"]!;
            await tenant.Client.SendAsync(
                "GET", $"/api/v1/contacts/{contact}?fields=name", null, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("X-Correlation-Id", "order-66_a"));
        }

        var lines = Lines(log);
        var line = lines.Single(l => (string?)l["request"] == "GetContact");
        ((string?)line["level"]).ShouldBe("info");
        ((string?)line["method"]).ShouldBe("GET");
        ((string?)line["route"]).ShouldBe("/api/v1/contacts/{id}");
        ((int?)line["status"]).ShouldBe(200);
        ((double)line["milliseconds"]!).ShouldBeGreaterThan(0);
        ((string?)line["tenantId"]).ShouldBe(tenant.Id.ToString());
        Guid.TryParse((string?)line["userId"], out _).ShouldBeTrue();
        ((string?)line["traceId"]).ShouldBe("0af7651916cd43dd8448eb211c80319c");
        ((string?)line["correlationId"]).ShouldBe("order-66_a");
        DateTimeOffset.Parse((string)line["at"]!, System.Globalization.CultureInfo.InvariantCulture).Offset.ShouldBe(TimeSpan.Zero);

        var text = string.Concat(lines.Select(l => l.ToJsonString()));
        foreach (var secret in new[] { tenant.Password, tenant.Token, tenant.Email, "Secretname", contact.ToString(), "fields=name" })
            text.ShouldNotContain(secret);
        lines.ShouldAllBe(l => !((string)l["category"]!).StartsWith("Microsoft", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_logged_whole_and_answered_with_nothing_but_its_trace()
    {
        using var log = new MemoryStream();
        Answer answer;
        await using (var api = await StartAsync(log))
        {
            var tenant = await api.CreateTenantAsync("alpha");
            await api.Database.DisposeAsync();
            answer = await tenant.Client.SendAsync("GET", "/api/v1/contacts");
        }

        var lines = Lines(log).Where(l => (string?)l["traceId"] == (string?)answer.Body!["traceId"]).ToList();
        lines.Where(l => (string?)l["level"] == "error").ShouldHaveSingleItem()["exception"]!.GetValue<string>().ShouldContain("Npgsql");
        ((string?)lines.Single(l => (string?)l["event"] == "RequestFailed")["level"]).ShouldBe("warn");
    }

    [Theory]
    [InlineData("abc-DEF_123", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a;b", false)]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234", true)]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", false)]
    public async Task A_correlation_id_is_taken_when_it_is_harmless_and_replaced_when_not(string sent, bool taken)
    {
        await using var api = await ApiHost.StartAsync();
        using var client = api.CreateClient();

        var answer = await client.SendAsync("GET", "/health/live", null, ("X-Correlation-Id", sent));

        if (taken)
            answer.Headers["X-Correlation-Id"].ShouldBe(sent);
        else
            answer.Headers["X-Correlation-Id"].ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task A_change_keeps_the_correlation_id_of_its_request()
    {
        await using var api = await ApiHost.StartAsync();
        var tenant = await api.CreateTenantAsync("alpha");
        var created = await tenant.Client.SendAsync("POST", "/api/v1/companies", new { name = "Traced" }, ("X-Correlation-Id", "import-7"));

        await using var source = Npgsql.NpgsqlDataSource.Create(api.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT correlation_id FROM changes WHERE record_id = $1");
        command.Parameters.Add(new() { Value = (Guid)created.Body!["id"]! });
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("import-7");
    }

    private static Task<ApiHost> StartAsync(Stream log) => ApiHost.StartAsync(
        services => services.AddLogging(logging => logging.AddLines(log, isTerminal: false)));

    private static List<JsonNode> Lines(MemoryStream log) =>
        [.. System.Text.Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
