using System.Net;
using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

public sealed class BoardAndReportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task A_board_shows_count_sum_and_first_cards_of_each_stage_and_goes_on_by_cursor()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?sort=position")).Ids;
        for (var i = 0; i < 5; i++)
            await Client.CreateAsync("deals", new { name = $"Board {i}", stageId = stages[0], amount = new { amount = "10.10", currency = i == 4 ? "EUR" : "USD" }, tags = new[] { "board" } });
        await Client.CreateAsync("deals", new { name = "Elsewhere", stageId = stages[1], tags = new[] { "board" } });
        object Board(object? stageId = null, string? cursor = null) => new { filter = new { tags = new { any = new[] { "board" } } }, limit = 2, stageId, cursor };

        var board = await Client.SendAsync("POST", "/api/v1/deals/board", Board());

        board.Status.ShouldBe(HttpStatusCode.OK, board.Text);
        var columns = board.Body!["columns"]!.AsArray();
        columns.Select(c => c!["count"]!.GetValue<int>()).ShouldBe([5, 1, 0, 0]);
        columns[0]!["amounts"]!.ToJsonString().ShouldBe("""[{"amount":"10.10","currency":"EUR"},{"amount":"40.40","currency":"USD"}]""");
        var names = Names(columns[0]!);
        for (var cursor = (string?)columns[0]!["nextCursor"]; cursor is not null;)
        {
            var next = (await Client.SendAsync("POST", "/api/v1/deals/board", Board(stages[0], cursor))).Body!["columns"]![0]!;
            names.AddRange(Names(next));
            cursor = (string?)next["nextCursor"];
        }

        names.ShouldBe(["Board 0", "Board 1", "Board 2", "Board 3", "Board 4"]);
    }

    [Fact]
    public async Task A_deals_stage_history_tells_every_stage_it_went_through()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?sort=position")).Ids;
        var deal = await Client.CreateAsync("deals", new { name = "Traveller" });
        foreach (var stage in new[] { stages[1], stages[1], stages[3], stages[0] })
            (await Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = stage })).Status.ShouldBe(HttpStatusCode.OK);

        var history = await Client.SendAsync("GET", $"/api/v1/deals/{deal["id"]}/stage-history?limit=3");
        var rest = await Client.SendAsync("GET", $"/api/v1/deals/{deal["id"]}/stage-history?limit=3&cursor={history.Body!["page"]!["nextCursor"]}");

        history.Body!["data"]!.AsArray().Concat(rest.Body!["data"]!.AsArray()).Select(e => ((Guid?)e!["fromStageId"], (Guid)e["toStageId"]!))
            .ShouldBe([(null, stages[0]), (stages[0], stages[1]), (stages[1], stages[3]), (stages[3], stages[0])]);
        (await Client.SendAsync("GET", $"/api/v1/deals/{Guid.NewGuid()}/stage-history")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Aggregates_group_by_relation_and_bucket_and_never_add_currencies()
    {
        var stages = (await Client.SendAsync("GET", "/api/v1/stages?sort=position")).Ids;
        var company = await Client.CreateAsync("companies", new { name = "Aggregated" });
        foreach (var (stage, amount, currency, day) in new[] { (2, "100", "USD", "2017-01-31"), (2, "50.50", "USD", "2017-03-31"), (2, "7", "JPY", "2017-02-01"), (3, "1", "USD", "2017-04-01") })
            await Client.CreateAsync("deals", new { name = "x", stageId = stages[stage], companyId = (Guid)company["id"]!, amount = new { amount, currency }, closeDate = day });

        var answer = await Client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            filter = new Dictionary<string, object> { ["company.name"] = new { eq = "Aggregated" } },
            groupBy = new object[] { new { field = "company.name" }, new { field = "closeDate", bucket = "quarter" } },
            measures = new object[] { new { op = "count" }, new { op = "sum", field = "amount" }, new { op = "winRate" }, new { op = "max", field = "closeDate" } },
        });

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body!["data"]!.AsArray().Select(r => r!.ToJsonString()).ShouldBe([
            """{"group":{"company.name":"Aggregated","closeDate":"2017-01-01"},"values":[1,{"amount":"7","currency":"JPY"},1,"2017-02-01"]}""",
            """{"group":{"company.name":"Aggregated","closeDate":"2017-01-01"},"values":[2,{"amount":"150.50","currency":"USD"},1,"2017-03-31"]}""",
            """{"group":{"company.name":"Aggregated","closeDate":"2017-04-01"},"values":[1,{"amount":"1.00","currency":"USD"},0,"2017-04-01"]}""",
        ]);
    }

    [Fact]
    public async Task All_faults_of_an_aggregate_are_told_at_once()
    {
        var answer = await Client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            limit = 1,
            groupBy = new object[] { new { field = "amount" }, new { field = "name", bucket = "day" }, new { field = "closeDate", bucket = "fortnight" } },
            measures = new object[] { new { op = "median" }, new { op = "sum", field = "name" }, new { op = "count", field = "name" } },
        });

        answer.Faults.ShouldBe(["/limit unknown_member", "/groupBy/0/field unknown_field", "/groupBy/1/bucket invalid_bucket", "/groupBy/2/bucket invalid_choice",
            "/measures/0/op invalid_choice", "/measures/1/field unknown_field", "/measures/2/field contradiction"]);
    }

    private static List<string> Names(JsonNode column) => [.. column["cards"]!.AsArray().Select(c => (string)c!["name"]!)];
}
