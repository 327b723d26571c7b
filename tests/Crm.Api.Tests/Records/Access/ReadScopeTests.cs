using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>A record that a member's permission to read does not cover is not there, wherever it could appear.</summary>
[Collection(Restricted.Name)]
public sealed class ReadScopeTests(RestrictedFixture fixture) : IAsyncLifetime
{
    private Person _me = null!;
    private Person _other = null!;

    public static TheoryData<string> Collections => [.. RestrictedFixture.Restrictable];

    public async ValueTask InitializeAsync()
    {
        _other = await fixture.NewPersonAsync();
        _me = await fixture.NewScopedAsync(["read"]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task Someone_elses_record_answers_as_one_that_never_was(string plural)
    {
        var theirs = await fixture.MakeAsync(plural, _other.Id);
        var nobodys = await fixture.MakeAsync(plural, ownerId: null);
        var trashed = await fixture.MakeAsync(plural, _other.Id);
        (await fixture.Owner.SendAsync("DELETE", $"/api/v1/{plural}/{trashed}")).Status.ShouldBe(HttpStatusCode.NoContent);
        var stage = (Guid)(await fixture.Owner.SendAsync("GET", "/api/v1/stages")).Body!["data"]![0]!["id"]!;
        List<(string Method, string Path, object? Body)> requests =
        [
            ("GET", "", null), ("GET", "?expand=owner", null), ("GET", "?fields=id", null), ("PATCH", "", new { ownerId = _me.Id }), ("PATCH", "", new { }),
            ("DELETE", "", null), ("DELETE", "?purge=true", null), ("POST", "/restore", null),
        ];
        if (plural == "deals")
            requests.AddRange([("POST", "/move", new { stageId = stage }), ("GET", "/stage-history", null), ("PATCH", "", new { stageId = stage }), ("PATCH", "", new { amount = new { amount = "1" } })]);

        foreach (var id in new[] { theirs, nobodys, trashed })
        {
            var before = await fixture.StateAsync(plural, id);
            foreach (var (method, path, body) in requests)
            {
                foreach (var version in new[] { "*", "\"1\"", "\"99\"" })
                {
                    var random = Guid.CreateVersion7();
                    var answer = await _me.Client.SendAsync(method, $"/api/v1/{plural}/{id}{path}", body, ("If-Match", version));
                    var expected = await _me.Client.SendAsync(method, $"/api/v1/{plural}/{random}{path}", body, ("If-Match", version));
                    expected.Status.ShouldBe(HttpStatusCode.NotFound);
                    RestrictedFixture.Told(answer, id.ToString()).ShouldBe(RestrictedFixture.Told(expected, random.ToString()), $"{method} {path} {version}");
                }
            }

            (await fixture.StateAsync(plural, id)).ShouldBe(before);
        }
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task Lists_counts_and_the_trash_hold_ones_own_records_alone(string plural)
    {
        var mine = new[] { await fixture.MakeAsync(plural, _me.Id, "Mine a"), await fixture.MakeAsync(plural, _me.Id, "Mine b") };
        await fixture.MakeAsync(plural, _other.Id, "Theirs");
        await fixture.MakeAsync(plural, ownerId: null, "Nobody's");
        var gone = new[] { await fixture.MakeAsync(plural, _me.Id), await fixture.MakeAsync(plural, _other.Id), await fixture.MakeAsync(plural, null) };
        foreach (var id in gone)
            await fixture.Owner.SendAsync("DELETE", $"/api/v1/{plural}/{id}");

        foreach (var sort in new[] { "name", "-createdAt", "owner.name" })
        {
            var first = await _me.Client.SendAsync("GET", $"/api/v1/{plural}?count=exact&limit=1&sort={sort}&expand=owner");
            first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
            first.Body!["count"]!["value"]!.GetValue<int>().ShouldBe(2);
            var second = await _me.Client.SendAsync("GET", $"/api/v1/{plural}?limit=1&sort={sort}&cursor={first.Body["page"]!["nextCursor"]}");
            first.Ids.Concat(second.Ids).Order().ShouldBe(mine.Order());
            second.Body!["page"]!["nextCursor"].ShouldBeNull();
        }

        var query = await _me.Client.SendAsync("POST", $"/api/v1/{plural}/query", new { count = "estimated", filter = new { or = new object[] { new { ownerId = new { isNull = true } }, new { ownerId = new { isNull = false } } } } });
        query.Ids.Order().ShouldBe(mine.Order());
        query.Body!["count"]!["value"]!.GetValue<int>().ShouldBe(2);
        (await _me.Client.SendAsync("GET", $"/api/v1/{plural}?filter[deletedAt][isNull]=false&count=exact")).Ids.ShouldBe([gone[0]]);
        var report = await _me.Client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = fixture.Types.All.Single(t => t.Plural == plural).Name, measures = new[] { new { op = "count" } } });
        report.Body!["data"]![0]!["values"]![0]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task A_related_record_of_someone_else_is_absent_for_expand_filter_order_and_groups()
    {
        var theirs = await fixture.MakeAsync("companies", _other.Id, "Aardvark Secret");
        var mine = await fixture.MakeAsync("companies", _me.Id, "Zebra");
        async Task<Guid> DealAsync(string name, Guid companyId) => (Guid)(await fixture.Owner.CreateAsync("deals", new { name, companyId, ownerId = _me.Id }))["id"]!;
        var withTheirs = await DealAsync("With theirs", theirs);
        var withMine = await DealAsync("With mine", mine);
        Task<Answer> AskAsync(string question) => _me.Client.SendAsync("GET", "/api/v1/deals?" + question);

        var expanded = await AskAsync("expand=company,company.parent&sort=company.name");
        expanded.Ids.ShouldBe([withMine, withTheirs], "what is absent comes last, whichever its name");
        expanded.Body!["data"]![0]!["company"]!["name"]!.GetValue<string>().ShouldBe("Zebra");
        expanded.Body["data"]![1]!.AsObject().ContainsKey("company").ShouldBeTrue();
        expanded.Body["data"]![1]!["company"].ShouldBeNull();
        (await _me.Client.SendAsync("GET", $"/api/v1/deals/{withTheirs}?expand=company")).Body!["company"].ShouldBeNull();
        (await _me.Client.SendAsync("GET", $"/api/v1/deals/{withTheirs}?fields=id,company.name")).Body!["company"].ShouldBeNull();
        (await _me.Client.SendAsync("POST", "/api/v1/deals/board", new { expand = new[] { "company" } })).Text.ShouldNotContain("Aardvark");
        (await AskAsync("filter[company.name][startsWith]=Aard")).Ids.ShouldBeEmpty();
        (await AskAsync("filter[company.name]=Aardvark Secret")).Ids.ShouldBeEmpty();
        (await AskAsync("filter[company.ownerId]=" + _other.Id)).Ids.ShouldBeEmpty();
        (await AskAsync("filter[company.name][isNull]=true")).Ids.ShouldBe([withTheirs]);
        (await AskAsync("filter[company.name][ne]=Zebra")).Ids.ShouldBe([withTheirs]);

        var report = await _me.Client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", groupBy = new[] { new { field = "company.name" } }, measures = new object[] { new { op = "count" } } });
        report.Body!["data"]!.ToJsonString().ShouldBe("""[{"group":{"company.name":"Zebra"},"values":[1]},{"group":{"company.name":null},"values":[1]}]""");
    }

    [Fact]
    public async Task The_board_shows_and_sums_ones_own_deals_alone()
    {
        object Deal(Guid owner, string amount) => new { name = "Card", ownerId = owner, amount = new { amount, currency = "USD" } };
        var mine = (Guid)(await fixture.Owner.CreateAsync("deals", Deal(_me.Id, "10")))["id"]!;
        var theirs = (Guid)(await fixture.Owner.CreateAsync("deals", Deal(_other.Id, "5")))["id"]!;

        var board = await _me.Client.SendAsync("POST", "/api/v1/deals/board", new { });
        var column = board.Body!["columns"]![0]!;
        column["count"]!.GetValue<int>().ShouldBe(1);
        column["amounts"]!.ToJsonString().ShouldBe("""[{"amount":"10.00","currency":"USD"}]""");
        column["cards"]!.AsArray().Select(c => (Guid)c!["id"]!).ShouldBe([mine]);

        // Someone else's card is no neighbour, for it is not there.
        var stageId = (Guid)column["stage"]!["id"]!;
        var random = Guid.CreateVersion7();
        foreach (var side in new[] { "beforeId", "afterId" })
        {
            var answer = await _me.Client.SendAsync("POST", $"/api/v1/deals/{mine}/move", new Dictionary<string, Guid> { ["stageId"] = stageId, [side] = theirs });
            var expected = await _me.Client.SendAsync("POST", $"/api/v1/deals/{mine}/move", new Dictionary<string, Guid> { ["stageId"] = stageId, [side] = random });
            answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
            RestrictedFixture.Told(answer).ShouldBe(RestrictedFixture.Told(expected));
        }
    }

    [Fact]
    public async Task A_reference_to_someone_elses_record_is_refused_as_one_that_leads_nowhere()
    {
        var deal = await fixture.MakeAsync("deals", _me.Id);
        var contact = await fixture.MakeAsync("contacts", _me.Id);
        var company = await fixture.MakeAsync("companies", _me.Id);
        foreach (var (plural, member, target) in new[]
        {
            ("deals", "companyId", "companies"), ("deals", "contactId", "contacts"), ("deals", "productId", "products"), ("contacts", "companyId", "companies"), ("companies", "parentId", "companies"),
        })
        {
            var theirs = await fixture.MakeAsync(target, _other.Id);
            var mine = await fixture.MakeAsync(target, _me.Id);
            var own = plural switch { "deals" => deal, "contacts" => contact, _ => company };
            Task<Answer> CreateAsync(Guid id) => _me.Client.SendAsync("POST", "/api/v1/" + plural, new Dictionary<string, object?>(RestrictedFixture.Least(plural, _me.Id, "New")) { [member] = id });
            Task<Answer> ChangeAsync(Guid id) => _me.Client.SendAsync("PATCH", $"/api/v1/{plural}/{own}", new Dictionary<string, object?> { [member] = id });

            var refused = await CreateAsync(theirs);
            refused.Faults.ShouldBe([$"/{member} reference_not_found"]);
            RestrictedFixture.Told(refused).ShouldBe(RestrictedFixture.Told(await CreateAsync(Guid.CreateVersion7())));
            RestrictedFixture.Told(await ChangeAsync(theirs)).ShouldBe(RestrictedFixture.Told(await ChangeAsync(Guid.CreateVersion7())));
            (await ChangeAsync(theirs)).Faults.ShouldBe([$"/{member} reference_not_found"]);
            (await CreateAsync(mine)).Status.ShouldBe(HttpStatusCode.Created);
            (await ChangeAsync(mine)).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_team_reads_what_its_members_own()
    {
        var mate = await fixture.NewPersonAsync();
        var me = await fixture.NewScopedAsync(["read", "write"], mate.Id);
        var mine = await fixture.MakeAsync("companies", me.Id, "A mine");
        var mates = await fixture.MakeAsync("companies", mate.Id, "B mate's");
        await fixture.MakeAsync("companies", _other.Id, "C theirs");

        (await me.Client.SendAsync("GET", "/api/v1/companies?sort=name")).Ids.ShouldBe([mine, mates]);
        (await me.Client.SendAsync("PATCH", $"/api/v1/companies/{mates}", new { city = "Bern" })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_value_of_someone_elses_record_tells_that_it_is_taken_and_nothing_more()
    {
        var code = "P-" + Guid.NewGuid().ToString("N");
        var theirs = await fixture.Owner.CreateAsync("products", new { name = "Theirs", code, ownerId = _other.Id });

        var answer = await _me.Client.SendAsync("POST", "/api/v1/products", new { name = "Mine", code });
        answer.Code.ShouldBe("taken");
        answer.Text.ShouldNotContain((string)theirs["id"]!);
        answer.Text.ShouldNotContain("Theirs");
        var same = await _me.Client.SendAsync("POST", "/api/v1/products", new { id = (Guid)theirs["id"]!, name = "Mine" });
        same.Code.ShouldBe("id_taken");
        same.Text.ShouldNotContain("Theirs");
    }

    [Fact]
    public async Task A_cursor_goes_on_with_what_may_be_read_by_then()
    {
        var ids = new[] { await fixture.MakeAsync("products", _me.Id, "A"), await fixture.MakeAsync("products", _me.Id, "B"), await fixture.MakeAsync("products", _me.Id, "C") };
        var first = await _me.Client.SendAsync("GET", "/api/v1/products?sort=name&limit=1");
        (await fixture.Owner.SendAsync("PATCH", $"/api/v1/products/{ids[1]}", new { ownerId = _other.Id })).Status.ShouldBe(HttpStatusCode.OK);

        var second = await _me.Client.SendAsync("GET", $"/api/v1/products?sort=name&limit=5&cursor={first.Body!["page"]!["nextCursor"]}");
        second.Ids.ShouldBe([ids[2]]);
    }
}
