using System.Text.Json.Nodes;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

public sealed class ChangeLogTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Every_command_through_the_engine_leaves_one_entry_with_the_differences_as_the_API_writes_them()
    {
        var company = await Client.CreateAsync("companies", new { name = "Logged", annualRevenue = new { amount = "1.50", currency = "EUR" }, tags = new[] { "a" } });
        var path = $"/api/v1/companies/{company["id"]}";
        await Client.SendAsync("PATCH", path, new { name = "Logged", country = "Kenya", annualRevenue = new { amount = "2", currency = "JPY" }, tags = new[] { "a", "b" } });
        await Client.SendAsync("PATCH", path, new { name = "Logged" });
        await Client.SendAsync("PATCH", path, new { name = "Stale" }, ("If-Match", "\"1\""));
        await Client.SendAsync("DELETE", path);
        await Client.SendAsync("POST", path + "/restore");
        await Client.SendAsync("DELETE", path + "?purge=true");

        var changes = await ChangesAsync((Guid)company["id"]!);

        changes.Select(c => $"{c.Version} {c.Action} {c.Origin}").ShouldBe(
            ["1 created CreateCompany", "2 updated UpdateCompany", "3 deleted DeleteCompany", "4 restored RestoreCompany", "4 purged DeleteCompany"]);
        changes[0].Fields["annualRevenue"]!.ToJsonString().ShouldBe("""{"to":{"amount":"1.50","currency":"EUR"},"from":null}""");
        changes[1].Fields.Select(f => f.Key).Order().ShouldBe(["annualRevenue", "country", "tags"]);
        changes[1].Fields["annualRevenue"]!.ToJsonString().ShouldBe("""{"to":{"amount":"2","currency":"JPY"},"from":{"amount":"1.50","currency":"EUR"}}""");
        changes[1].Fields["country"]!.ToJsonString().ShouldBe("""{"to":"Kenya","from":null}""");
        changes[2].Fields["deletedAt"]!["to"].ShouldNotBeNull();
        changes.ShouldAllBe(c => c.ActorType == "user" && c.Actor != null && c.Trace != null);
    }

    [Fact]
    public async Task A_deal_that_is_moved_leaves_one_entry_with_all_that_followed()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?sort=position")).Ids;
        var deal = await Client.CreateAsync("deals", new { name = "Moved" });
        await Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = stages[2] });

        var changes = await ChangesAsync((Guid)deal["id"]!);

        changes.Count.ShouldBe(2);
        changes[1].Fields.Select(f => f.Key).Order().ShouldBe(["boardRank", "probability", "stageChangedAt", "stageId", "status"]);
        changes[1].Fields["status"]!.ToJsonString().ShouldBe("""{"to":"won","from":"open"}""");
    }

    [Fact]
    public async Task Purging_clears_references_and_logs_each_record_it_changed()
    {
        var company = await Client.CreateAsync("companies", new { name = "Purged" });
        var contact = await Client.CreateAsync("contacts", new { lastName = "Orphan", companyId = (Guid)company["id"]! });
        await Client.SendAsync("DELETE", $"/api/v1/companies/{company["id"]}?purge=true");

        var changes = await ChangesAsync((Guid)contact["id"]!);

        changes.Select(c => $"{c.Version} {c.Action}").ShouldBe(["1 created", "2 updated"]);
        changes[1].Fields.ToJsonString().ShouldBe($$$"""{"companyId":{"to":null,"from":"{{{company["id"]}}}"}}""");
    }

    [Fact]
    public async Task A_refused_request_leaves_no_entry()
    {
        var before = await CountAsync();

        await Client.SendAsync("POST", "/api/v1/contacts", new { lastName = "x", companyId = Guid.NewGuid() });
        await Client.SendAsync("POST", "/api/v1/contacts", new { jobTitle = "x" });
        await Client.SendAsync("POST", "/api/v1/deals", new { name = "x", probability = 200 });
        await Client.SendAsync("DELETE", $"/api/v1/deals/{Guid.NewGuid()}");

        (await CountAsync()).ShouldBe(before);
    }

    private async Task<long> CountAsync()
    {
        // The origins of this test alone: others run beside it in the same tenant.
        await using var connection = new NpgsqlConnection(fixture.Api.Database.SuperConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM changes WHERE fields -> 'lastName' ->> 'to' = 'x' OR fields -> 'jobTitle' ->> 'to' = 'x'", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<List<Entry>> ChangesAsync(Guid id)
    {
        await using var connection = new NpgsqlConnection(fixture.Api.Database.SuperConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT version, action, origin, actor_type, actor_id, correlation_id, fields FROM changes WHERE record_id = $1 ORDER BY sequence", connection) { Parameters = { new() { Value = id } } };
        await using var reader = await command.ExecuteReaderAsync();
        var entries = new List<Entry>();
        while (await reader.ReadAsync())
        {
            entries.Add(new Entry(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetGuid(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), JsonNode.Parse(reader.GetString(6))!.AsObject()));
        }

        return entries;
    }

    private sealed record Entry(int Version, string Action, string Origin, string ActorType, Guid? Actor, string? Trace, JsonObject Fields);
}
