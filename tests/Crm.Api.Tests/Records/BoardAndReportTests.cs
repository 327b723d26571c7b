using System.Net;
using System.Text.Json.Nodes;
using Crm.Testing;
using Npgsql;
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

    [Theory]
    [InlineData("9999-12-31", "9999-01-01")]
    [InlineData("0001-01-01", "0001-01-01")]
    public async Task The_first_and_the_last_day_of_the_calendar_are_days(string day, string year)
    {
        var deal = await Client.CreateAsync("deals", new { name = "At the edge", closeDate = day });

        deal["closeDate"]!.GetValue<string>().ShouldBe(day);
        (await Client.SendAsync("GET", $"/api/v1/deals?filter[closeDate][eq]={day}")).Ids.ShouldBe([(Guid)deal["id"]!]);
        var answer = await Client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            filter = new { closeDate = new { eq = day } },
            groupBy = new object[] { new { field = "closeDate", bucket = "year" } },
            measures = new object[] { new { op = "count" }, new { op = "max", field = "closeDate" } },
        });
        answer.Body!["data"]!.AsArray().Select(r => r!.ToJsonString()).ShouldBe([$$"""{"group":{"closeDate":"{{year}}"},"values":[1,"{{day}}"]}"""]);
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

    [Fact]
    public async Task A_card_that_goes_to_the_end_stands_before_the_cards_that_come_later()
    {
        var client = (await fixture.Api.CreateTenantAsync("ordered")).Client;
        var pipeline = await client.CreateAsync("pipelines", new { name = "Ordered" });
        var (here, there) = (await StageAsync("Here"), await StageAsync("There"));
        var cards = new List<Guid>();
        foreach (var name in new[] { "A", "B", "C" })
            cards.Add((Guid)(await client.CreateAsync("deals", new { name, stageId = here }))["id"]!);
        await client.CreateAsync("deals", new { name = "Old", stageId = there });

        await SendAsync("POST", $"/api/v1/deals/{cards[0]}/move", new { stageId = here });
        await client.CreateAsync("deals", new { name = "D", stageId = here });
        await SendAsync("POST", $"/api/v1/deals/{cards[1]}/move", new { stageId = here, afterId = await LastAsync() });
        await client.CreateAsync("deals", new { name = "E", stageId = here });
        await SendAsync("PATCH", $"/api/v1/deals/{cards[2]}", new { stageId = there });
        await client.CreateAsync("deals", new { name = "New", stageId = there });

        var columns = (await BoardAsync())["columns"]!.AsArray();
        Names(columns[0]!).ShouldBe(["A", "D", "B", "E"]);
        Names(columns[1]!).ShouldBe(["Old", "C", "New"]);

        async Task<Guid> StageAsync(string name) => (Guid)(await client.CreateAsync("stages", new { name, pipelineId = (Guid)pipeline["id"]! }))["id"]!;
        async Task SendAsync(string method, string path, object body) => (await client.SendAsync(method, path, body)).Status.ShouldBe(HttpStatusCode.OK);
        async Task<JsonNode> BoardAsync() => (await client.SendAsync("POST", "/api/v1/deals/board", new { pipelineId = (Guid)pipeline["id"]! })).Body!;
        async Task<Guid> LastAsync() => (Guid)(await BoardAsync())["columns"]![0]!["cards"]!.AsArray()[^1]!["id"]!;
    }

    [Fact]
    public async Task A_sum_may_be_larger_than_any_amount_and_stays_exact()
    {
        const int copies = 11_000;
        var deal = await Client.CreateAsync("deals", new { name = "Huge", amount = new { amount = "9000000000000", currency = "EUR" } });
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var list = source.CreateCommand(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = 'deals' AND is_generated = 'NEVER' AND column_name <> 'id'");
        var columns = await list.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        await using var copy = source.CreateCommand($"INSERT INTO deals (id, {columns}) SELECT gen_random_uuid(), {columns} FROM deals, generate_series(1, {copies}) WHERE id = $1");
        copy.Parameters.Add(new() { Value = (Guid)deal["id"]! });
        await copy.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var answer = await Client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            filter = new { name = new { eq = "Huge" } },
            measures = new object[] { new { op = "sum", field = "amount" }, new { op = "avg", field = "amount" }, new { op = "max", field = "amount" } },
        });
        var board = await Client.SendAsync("POST", "/api/v1/deals/board", new { filter = new { name = new { eq = "Huge" } }, limit = 1 });

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body!["data"]![0]!["values"]!.ToJsonString().ShouldBe(
            """[{"amount":"99009000000000000.00","currency":"EUR"},{"amount":"9000000000000.00","currency":"EUR"},{"amount":"9000000000000.00","currency":"EUR"}]""");
        board.Body!["columns"]![0]!["amounts"]!.ToJsonString().ShouldBe("""[{"amount":"99009000000000000.00","currency":"EUR"}]""");
    }

    private static List<string> Names(JsonNode column) => [.. column["cards"]!.AsArray().Select(c => (string)c!["name"]!)];
}
