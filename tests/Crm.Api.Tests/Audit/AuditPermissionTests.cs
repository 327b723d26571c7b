using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.ApiKeys;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Audit;

/// <summary>The log shows changes of records to those alone who may read the records.</summary>
public sealed class AuditPermissionTests(AuditFixture fixture) : IClassFixture<AuditFixture>
{
    private const string Path = "/api/v1/admin/audit";

    [Fact]
    public async Task A_role_that_reads_the_log_alone_sees_security_events_and_no_change_of_a_record()
    {
        var tenant = await TenantAsync();
        var reader = await ReaderAsync(tenant, "audit:read");

        await ShowsSecurityAloneAsync(tenant, reader);
    }

    [Fact]
    public async Task A_key_that_reads_the_log_alone_sees_security_events_and_no_change_of_a_record()
    {
        var tenant = await TenantAsync();
        var key = await tenant.Client.CreateKeyAsync(["audit:read"]);

        await ShowsSecurityAloneAsync(tenant, fixture.Api.WithKey(key.Secret));
    }

    [Fact]
    public async Task Changes_of_what_may_not_be_read_are_left_out_and_pages_stay_full()
    {
        var tenant = await TenantAsync();
        var reader = await ReaderAsync(tenant, "audit:read", "companies:read");

        var all = await ListAsync(tenant.Client, "limit=200");
        var expected = all.Where(e => e["version"] is null || (string?)e["recordType"] == "company").Select(e => (string?)e["id"]).ToList();
        var paged = new List<string?>();
        string? cursor = null;
        do
        {
            var page = (await reader.SendAsync("GET", $"{Path}?limit=2&to={(string?)all[0]["at"]}" + (cursor is null ? "" : $"&cursor={cursor}"))).Body!;
            var ids = page["data"]!.AsArray().Select(e => (string?)e!["id"]).ToList();
            cursor = (string?)page["page"]!["nextCursor"];
            if (cursor is not null)
                ids.Count.ShouldBe(2);
            paged.AddRange(ids);
        }
        while (cursor is not null);

        // The newest entry of all is the bound of the question, and not asked for.
        paged.ShouldBe(expected.Where(id => id != (string?)all[0]["id"]));
        (await ListAsync(reader, "recordType=company")).Count.ShouldBe(2);
        (await ListAsync(reader, "recordType=contact")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Memberships_and_places_in_teams_are_shown_to_those_who_may_read_users_and_teams()
    {
        var tenant = await TenantAsync();
        var reader = await ReaderAsync(tenant, "audit:read", "users:read");
        var user = (await reader.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!.GetValue<Guid>();
        var team = await tenant.Client.CreateAsync("admin/teams", new { name = "North" });
        (await tenant.Client.SendAsync("PUT", $"/api/v1/admin/teams/{team["id"]}/members/{user}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync(tenant.Client, "recordType=team_member")).ShouldNotBeEmpty();

        (await ListAsync(reader, "recordType=membership")).ShouldNotBeEmpty();
        (await ListAsync(reader, "recordType=team_member")).ShouldBeEmpty();
    }

    private static async Task ShowsSecurityAloneAsync(TestTenant tenant, HttpClient reader)
    {
        (await reader.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await ListAsync(tenant.Client, "recordType=contact")).Count.ShouldBe(2);

        foreach (var question in new[] { "limit=200", "recordType=contact", "action=created", "action=created,sign_in_succeeded" })
            (await ListAsync(reader, question)).ShouldAllBe(e => e["version"] == null, question);
        (await ListAsync(reader, "recordType=contact")).ShouldBeEmpty();
        (await ListAsync(reader, "action=sign_in_succeeded")).ShouldNotBeEmpty();
    }

    private async Task<TestTenant> TenantAsync()
    {
        var tenant = await fixture.NewTenantAsync();
        foreach (var name in new[] { "First", "Second" })
        {
            await tenant.Client.CreateAsync("contacts", new { lastName = name });
            await tenant.Client.CreateAsync("companies", new { name });
        }

        return tenant;
    }

    private async Task<HttpClient> ReaderAsync(TestTenant tenant, params string[] permissions)
    {
        (await tenant.Client.SendAsync("POST", "/api/v1/admin/roles", new { name = "auditor", permissions })).Status.ShouldBe(HttpStatusCode.Created);
        return await fixture.Api.AddMemberAsync(tenant, "auditor");
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(HttpClient client, string query)
    {
        var answer = await client.SendAsync("GET", $"{Path}?{query}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return [.. answer.Body!["data"]!.AsArray().Select(e => e!)];
    }
}
