using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

/// <summary>What a request costs in trips to the database: never more for more rows.</summary>
[Collection(ManyRows.Name)]
public sealed class RoundTripTests(ManyRowsFixture many)
{
    [Fact]
    public async Task A_list_of_one_and_a_list_of_two_hundred_with_everything_expanded_cost_one_trip_each()
    {
        foreach (var path in new[] { "contacts?expand=company,owner&count=exact", "deals?expand=company,contact,stage,owner,product,pipeline", "companies?expand=parent,owner" })
        {
            var (one, few) = await many.AskAsync("GET", $"/api/v1/{path}&limit=1");
            var (all, lots) = await many.AskAsync("GET", $"/api/v1/{path}&limit=200");

            one.Body!["data"]!.AsArray().Count.ShouldBe(1, one.Text);
            all.Body!["data"]!.AsArray().Count.ShouldBe(200);
            few.Count.ShouldBe(1, path);
            lots.Count.ShouldBe(1, path);
            lots[0].Statements.Count.ShouldBe(few[0].Statements.Count);
        }
    }

    [Fact]
    public async Task Reading_creating_changing_and_deleting_a_record_cost_one_trip_each()
    {
        var (created, create) = await many.AskAsync("POST", "/api/v1/contacts", new { lastName = "Trip", companyId = many.CompanyId, tags = new[] { "a", "b" } });
        var path = $"/api/v1/contacts/{created.Body!["id"]}";
        var (read, get) = await many.AskAsync("GET", path + "?expand=company,owner");
        var (patched, patch) = await many.AskAsync("PATCH", path, new { jobTitle = "x", tags = new[] { "b", "c" } });
        var (deleted, delete) = await many.AskAsync("DELETE", path);

        (created.Status, read.Status, patched.Status, deleted.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent));
        foreach (var trips in new[] { create, get, patch, delete })
            trips.Count.ShouldBe(1, string.Join('\n', trips.SelectMany(t => t.Statements).Select(s => s.Text)));
    }

    [Fact]
    public async Task Moving_a_card_costs_the_same_however_many_cards_there_are()
    {
        var costs = new List<int>();
        var stages = (await many.Tenant.Client.SendAsync("GET", "/api/v1/stages?sort=position")).Body!["data"]!.AsArray();
        var deal = await many.Tenant.Client.CreateAsync("deals", new { name = "Moved" });
        foreach (var stage in stages.Take(3))
        {
            var (moved, trips) = await many.AskAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = (Guid)stage!["id"]! });
            moved.Status.ShouldBe(HttpStatusCode.OK, moved.Text);
            costs.Add(trips.Count);
        }

        costs.Max().ShouldBeLessThanOrEqualTo(11);
        costs.Skip(1).Distinct().Count().ShouldBe(1, string.Join(", ", costs));
    }

    [Fact]
    public async Task A_board_and_a_report_cost_a_fixed_number_of_trips()
    {
        // Two, and a third where the catalog of stages, which is kept for a moment, is read anew; never more for more cards.
        await many.AskAsync("POST", "/api/v1/deals/board", new { limit = 1 });
        var (board, few) = await many.AskAsync("POST", "/api/v1/deals/board", new { limit = 1 });
        var (_, lots) = await many.AskAsync("POST", "/api/v1/deals/board", new { limit = 200 });
        var (report, aggregate) = await many.AskAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", groupBy = new[] { new { field = "stageId" } }, measures = new object[] { new { op = "count" }, new { op = "sum", field = "amount" } } });

        board.Status.ShouldBe(HttpStatusCode.OK, board.Text);
        report.Status.ShouldBe(HttpStatusCode.OK, report.Text);
        few.Count.ShouldBeLessThanOrEqualTo(3);
        lots.Count.ShouldBeLessThanOrEqualTo(3);
        aggregate.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_member_of_a_team_costs_no_trip_more()
    {
        IReadOnlyList<Guid> team = [many.UserId, Guid.NewGuid()];
        var (create, created) = await many.AskScopedAsync(team, "POST", "/api/v1/companies", new { name = "Owned" });
        var item = $"/api/v1/companies/{create.Body!["id"]}";
        var (get, read) = await many.AskScopedAsync(team, "GET", item);
        var (list, listed) = await many.AskScopedAsync(team, "GET", "/api/v1/companies?count=exact&expand=parent");
        var (patch, patched) = await many.AskScopedAsync(team, "PATCH", item, new { city = "Bern" });
        var (deleted, gone) = await many.AskScopedAsync(team, "DELETE", item);

        (create.Status, get.Status, list.Status, patch.Status, deleted.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent));
        foreach (var trips in new[] { created, read, listed, patched, gone })
            trips.Count.ShouldBe(1, string.Join('\n', trips.SelectMany(t => t.Statements).Select(s => s.Text)));
    }
}
