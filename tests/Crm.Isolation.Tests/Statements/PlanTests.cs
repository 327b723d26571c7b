using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

/// <summary>
/// Under row-level security an index serves only what is leakproof, so a plan is proved as the application gets it: with its role, its
/// policy and its parameters.
/// </summary>
[Collection(ManyRows.Name)]
public sealed class PlanTests(ManyRowsFixture many)
{
    [Theory]
    [InlineData("contacts?limit=50", "ix_contacts__created")]
    [InlineData("contacts?limit=50&expand=company", "ix_contacts__created")]
    [InlineData("contacts?limit=50&filter[lifecycleStage]=customer&sort=-createdAt", "ix_contacts__stage")]
    [InlineData("contacts?limit=50&sort=name", "ix_contacts__name")]
    [InlineData("contacts?limit=50&filter[name][startsWith]=first77", "ix_contacts__name")]
    [InlineData("contacts?limit=50&filter[email]=c777@x.example", "ix_contacts__email")]
    [InlineData("contacts?limit=50&filter[companyId]={company}", "ix_contacts__company")]
    [InlineData("contacts?limit=50&filter[tags][any]=t77", "ix_contact_tags__value")]
    [InlineData("contacts?limit=50&filter[deletedAt][isNull]=false&sort=-deletedAt", "ix_contacts__trash")]
    [InlineData("contacts/{contact}?expand=company,owner", "pk_contacts")]
    [InlineData("companies?limit=50&filter[name]=Company 77", "ix_companies__name")]
    [InlineData("deals?limit=50&filter[status]=open", "ix_deals__status")]
    [InlineData("deals?limit=50&filter[stageId]={stage}&sort=boardRank", "ix_deals__board")]
    [InlineData("deals?limit=50&filter[closeDate][between]=2000-01-01,2000-12-31&sort=closeDate", "ix_deals__close_date")]
    public async Task A_page_is_served_by_its_index(string question, string index)
    {
        var path = "/api/v1/" + question.Replace("{company}", many.CompanyId.ToString(), StringComparison.Ordinal)
            .Replace("{contact}", many.ContactId.ToString(), StringComparison.Ordinal).Replace("{stage}", many.StageId.ToString(), StringComparison.Ordinal);

        var (answer, trips) = await many.AskAsync("GET", path);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        await ShouldBeServedByAsync(trips, index);
    }

    [Theory]
    [InlineData("", "pkey")]
    [InlineData("&from=2026-01-01T00:00:00Z&origin=CreateContact", "pkey")]
    [InlineData("&recordType=contact&recordId={contact}", "record_id")]
    [InlineData("&actor={contact}", "actor_id")]
    [InlineData("&action=sign_in_failed", "action")]
    [InlineData("&address=192.0.2.1", "address")]
    [InlineData("&correlationId=none", "correlation_id")]
    public async Task A_page_of_the_audit_log_is_one_trip_served_by_its_index_in_every_partition(string question, string index)
    {
        var path = "/api/v1/admin/audit?limit=50" + question.Replace("{contact}", many.ContactId.ToString(), StringComparison.Ordinal);
        var (answer, trips) = await many.AskAsync("GET", path);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var plan = await ShouldBeServedByAsync(trips, index);

        // A partition without entries may be read as it is.
        foreach (var month in Enumerable.Range(0, 3).Select(m => DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(m)))
            plan.ShouldNotContain($"Seq Scan on changes_{month:yyyy_MM}");
    }

    [Theory]
    [InlineData("contacts?limit=50", "ix_contacts__created")]
    [InlineData("contacts?limit=50&sort=name", "ix_contacts__name")]
    [InlineData("contacts?limit=50&filter[lifecycleStage]=customer", "ix_contacts__stage")]
    public async Task The_page_behind_a_cursor_is_found_by_its_index_at_any_depth(string question, string index)
    {
        var (first, _) = await many.AskAsync("GET", "/api/v1/" + question);
        var cursor = first.Body!["page"]!["nextCursor"]!.GetValue<string>();

        var (answer, trips) = await many.AskAsync("GET", $"/api/v1/{question}&cursor={cursor}");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var plan = await ShouldBeServedByAsync(trips, index);
        plan.Split('\n').ShouldContain(line => line.Contains("Index Cond:", StringComparison.Ordinal) && line.Contains("ROW(", StringComparison.Ordinal), "the cursor's keys must bound the scan, not be filtered: " + plan);
    }

    [Theory]
    [InlineData("contacts?limit=50", 1, "ix_contacts__owner")]
    [InlineData("deals?limit=50", 1, "ix_deals__owner")]
    [InlineData("contacts?limit=50&sort=name", 1, "ix_contacts__owner")]
    [InlineData("contacts?limit=50", 3, "ix_contacts__")]
    [InlineData("deals?limit=50&filter[companyId]={company}", 1, "ix_deals__")]
    [InlineData("contacts?limit=50&expand=company", 1, "ix_contacts__owner")]
    [InlineData("contacts/{contact}?expand=company,owner", 1, "pk_contacts")]
    public async Task What_someone_owns_is_found_by_an_index(string question, int owners, string index)
    {
        var path = "/api/v1/" + question.Replace("{company}", many.CompanyId.ToString(), StringComparison.Ordinal).Replace("{contact}", many.OwnContactId.ToString(), StringComparison.Ordinal);

        var (answer, trips) = await many.AskScopedAsync([many.UserId, .. Enumerable.Range(1, owners - 1).Select(_ => Guid.NewGuid())], "GET", path);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var plan = await ShouldBeServedByAsync(trips, index);
        if (owners == 1 && question.StartsWith("contacts?limit=50", StringComparison.Ordinal) && !question.Contains("sort", StringComparison.Ordinal))
            plan.ShouldNotContain("Sort", Case.Sensitive, "one owner's records stand in the order of the index");
    }

    private async Task<string> ShouldBeServedByAsync(IReadOnlyList<SqlTrip> trips, string index)
    {
        var sent = trips.ShouldHaveSingleItem().Statements.Single(s => !s.Text.Contains("set_config", StringComparison.Ordinal));
        await using var connection = await SqlExtensions.OpenAsync(many.Api.Database.AppConnectionString);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await connection.RunAsync("SELECT set_config('app.tenant_id', $1, true)", many.Tenant.Id.ToString());
        await using var explain = new NpgsqlCommand("EXPLAIN " + sent.Text, connection);
        foreach (var parameter in sent.Parameters)
            explain.Parameters.Add(parameter.Clone());
        var lines = new List<string>();
        await using var reader = await explain.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.GetString(0));

        var plan = $"{sent.Text}\n{string.Join('\n', lines)}";
        plan.ShouldContain(index, Case.Sensitive, plan);
        lines.ShouldNotContain(line => line.Contains("Seq Scan on contacts", StringComparison.Ordinal) || line.Contains("Seq Scan on deals", StringComparison.Ordinal) || line.Contains("Seq Scan on contact_tags", StringComparison.Ordinal), plan);
        return plan;
    }
}
