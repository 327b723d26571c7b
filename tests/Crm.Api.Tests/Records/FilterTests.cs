using System.Net;
using System.Text.Json.Nodes;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>Six companies with known values, and what each filter finds among them.</summary>
public sealed class FilterFixture : IAsyncLifetime
{
    public ApiFixture Base { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Base.InitializeAsync();
        var north = await Base.Client.CreateAsync("companies", new { name = "North", country = "Kenya", employees = 10, annualRevenue = new { amount = "100", currency = "USD" }, tags = new[] { "a", "b" }, foundedYear = 1990 });
        await Base.Client.CreateAsync("companies", new { name = "northwind", country = "kenya", employees = 20, annualRevenue = new { amount = "100", currency = "EUR" }, tags = new[] { "b" }, parentId = (Guid)north["id"]! });
        await Base.Client.CreateAsync("companies", new { name = "South", employees = 30, annualRevenue = new { amount = "250.50", currency = "USD" }, tags = new[] { "c" }, parentId = (Guid)north["id"]!, lifecycleStage = "customer" });
        await Base.Client.CreateAsync("companies", new { name = "50% off_", country = "Japan", tags = Array.Empty<string>() });
        await Base.Client.CreateAsync("companies", new { name = "Ünal", country = "Norway", employees = 40 });
        await Base.Client.CreateAsync("companies", new { name = "O'Brien; DROP", country = "Norway", employees = 5 });
    }

    public ValueTask DisposeAsync() => Base.DisposeAsync();
}

public sealed class FilterTests(FilterFixture fixture) : IClassFixture<FilterFixture>
{
    private HttpClient Client => fixture.Base.Client;

    [Theory]
    [InlineData("""{"name":{"eq":"North"}}""", "North")]
    [InlineData("""{"name":{"eq":"north"}}""", "")]
    [InlineData("""{"name":{"startsWith":"NORTH"}}""", "North,northwind")]
    [InlineData("""{"name":{"contains":"ORTH"}}""", "North,northwind")]
    [InlineData("""{"name":{"contains":"%"}}""", "50% off_")]
    [InlineData("""{"name":{"contains":"_"}}""", "50% off_")]
    [InlineData("""{"name":{"startsWith":"ü"}}""", "Ünal")]
    [InlineData("""{"name":{"eq":"O'Brien; DROP"}}""", "O'Brien; DROP")]
    [InlineData("""{"country":{"ne":"Kenya"}}""", "50% off_,northwind,O'Brien; DROP,South,Ünal")]
    [InlineData("""{"country":{"nin":["Kenya","kenya","Norway"]}}""", "50% off_,South")]
    [InlineData("""{"country":{"in":["Kenya","Japan"]}}""", "50% off_,North")]
    [InlineData("""{"country":{"in":[]}}""", "")]
    [InlineData("""{"country":{"isNull":true}}""", "South")]
    [InlineData("""{"not":{"country":{"eq":"Norway"}}}""", "50% off_,North,northwind,South")]
    [InlineData("""{"employees":{"gte":20,"lt":40}}""", "northwind,South")]
    [InlineData("""{"employees":{"between":[10,30]}}""", "North,northwind,South")]
    [InlineData("""{"not":{"employees":{"gt":5}}}""", "50% off_,O'Brien; DROP")]
    [InlineData("""{"or":[{"employees":{"lte":5}},{"and":[{"country":{"eq":"Norway"}},{"employees":{"eq":40}}]}]}""", "O'Brien; DROP,Ünal")]
    [InlineData("""{"or":[]}""", "")]
    [InlineData("""{"and":[]}""", "50% off_,North,northwind,O'Brien; DROP,South,Ünal")]
    [InlineData("""{"annualRevenue":{"eq":{"amount":"100.00","currency":"USD"}}}""", "North")]
    [InlineData("""{"annualRevenue":{"gte":"100"}}""", "North,South")]
    [InlineData("""{"annualRevenue":{"gt":"50 EUR"}}""", "northwind")]
    [InlineData("""{"annualRevenue":{"isNull":false}}""", "North,northwind,South")]
    [InlineData("""{"annualRevenue":{"ne":{"amount":"100","currency":"USD"}}}""", "50% off_,northwind,O'Brien; DROP,South,Ünal")]
    [InlineData("""{"tags":{"any":["a","c"]}}""", "North,South")]
    [InlineData("""{"tags":{"all":["a","b"]}}""", "North")]
    [InlineData("""{"tags":{"isNull":true}}""", "50% off_,O'Brien; DROP,Ünal")]
    [InlineData("""{"not":{"tags":{"any":["b"]}}}""", "50% off_,O'Brien; DROP,South,Ünal")]
    [InlineData("""{"parent.name":{"eq":"North"},"lifecycleStage":{"ne":"customer"}}""", "northwind")]
    [InlineData("""{"parent.tags":{"any":["a"]}}""", "northwind,South")]
    [InlineData("""{"lifecycleStage":{"in":["customer","no_longer_known"]}}""", "South")]
    public async Task A_filter_finds_exactly_what_it_says(string filter, string names)
    {
        var answer = await Client.SendAsync("POST", "/api/v1/companies/query", new { filter = JsonNode.Parse(filter), sort = new[] { "name" }, fields = new[] { "name" }, count = "exact" });

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body!["data"]!.AsArray().Select(r => (string)r!["name"]!).Order(StringComparer.OrdinalIgnoreCase).ShouldBe(names.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.OrdinalIgnoreCase));
        ((int)answer.Body["count"]!["value"]!).ShouldBe(names.Split(',', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("filter[name]=North", "North")]
    [InlineData("filter[country][in]=Kenya,Japan&sort=-name", "North,50% off_")]
    [InlineData("filter[employees][gte]=20&filter[employees][lt]=40&sort=-employees", "South,northwind")]
    [InlineData("filter[annualRevenue][gte]=100 USD&sort=annualRevenue", "North,South")]
    [InlineData("filter[parent.country]=Kenya&sort=name", "northwind,South")]
    [InlineData("filter[employees][isNull]=true", "50% off_")]
    public async Task Query_parameters_say_the_same(string query, string names)
    {
        var answer = await Client.SendAsync("GET", $"/api/v1/companies?{query}");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body!["data"]!.AsArray().Select(r => (string)r!["name"]!).ShouldBe(names.Split(','));
    }

    [Theory]
    [InlineData("filter[nme]=x", "filter[nme] unknown_field")]
    [InlineData("filter[name][like]=x", "filter[name][like] unknown_operator")]
    [InlineData("filter[employees]=many", "filter[employees] invalid_type")]
    [InlineData("filter[description]=x", "filter[description] unknown_operator")]
    [InlineData("filter[parent.parent.parent.name]=x", "filter[parent.parent.parent.name] unknown_field")]
    [InlineData("filter[employees][between]=1", "filter[employees][between] invalid_filter")]
    [InlineData("filter[name]]]]=x", "filter[name]]]] invalid_filter")]
    [InlineData("filter[name=x", "filter[name invalid_filter")]
    [InlineData("filter[[name]=x", "filter[[name] invalid_filter")]
    [InlineData("filter[name][eq][eq]=x", "filter[name][eq][eq] invalid_filter")]
    [InlineData("filter[=x", "filter[ invalid_filter")]
    [InlineData("filter[]=x", "filter[] unknown_field")]
    [InlineData("sort=nme", "sort unknown_field")]
    [InlineData("sort=tags", "sort unknown_field")]
    [InlineData("sort=name,-name", "sort repeated_field")]
    [InlineData("fields=id,nme", "fields unknown_field")]
    [InlineData("expand=employer", "expand unknown_relation")]
    [InlineData("limit=0", "limit out_of_range")]
    [InlineData("limit=201", "limit out_of_range")]
    [InlineData("limit=ten", "limit out_of_range")]
    [InlineData("count=roughly", "count invalid_choice")]
    [InlineData("cursor=AAAA", "cursor invalid_cursor")]
    [InlineData("page=2", "page unknown_parameter")]
    [InlineData("limit=1&limit=2", "limit repeated_parameter")]
    public async Task What_is_not_known_is_refused_by_name(string query, string fault)
    {
        var answer = await Client.SendAsync("GET", $"/api/v1/companies?{query}");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Faults.ShouldBe([fault]);
    }

    [Fact]
    public async Task All_faults_of_a_list_are_told_at_once() =>
        (await Client.SendAsync("GET", "/api/v1/companies?page=2&limit=0&filter[nme]=x&sort=nme&count=exact&count=none")).Faults.ShouldBe(
            ["page unknown_parameter", "limit out_of_range", "filter[nme] unknown_field", "sort unknown_field", "count repeated_parameter"], ignoreOrder: true);

    [Theory]
    [InlineData("""{"name":{}}""", "/filter/name invalid_filter")]
    [InlineData("""{"or":[{"name":{"eq":"North"}},{"country":{}}]}""", "/filter/or/1/country invalid_filter")]
    [InlineData("""{"nme":{}}""", "/filter/nme invalid_filter")]
    public async Task A_field_that_is_compared_with_nothing_is_refused(string filter, string fault) =>
        (await Client.SendAsync("POST", "/api/v1/companies/query", new { filter = JsonNode.Parse(filter) })).Faults.ShouldBe([fault]);

    [Fact]
    public async Task A_cursor_belongs_to_its_query_and_its_tenant()
    {
        var other = await fixture.Base.Api.CreateTenantAsync("cursors");
        var cursor = (string)(await Client.SendAsync("GET", "/api/v1/companies?sort=name&limit=2")).Body!["page"]!["nextCursor"]!;

        (await Client.SendAsync("GET", $"/api/v1/companies?sort=name&limit=3&cursor={cursor}")).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var misuse in new[] { "sort=-name", "sort=name&filter[country]=Kenya", "" })
            (await Client.SendAsync("GET", $"/api/v1/companies?{misuse}&cursor={cursor}".Replace("?&", "?", StringComparison.Ordinal))).Faults.ShouldBe(["cursor invalid_cursor"]);
        (await other.Client.SendAsync("GET", $"/api/v1/companies?sort=name&cursor={cursor}")).Faults.ShouldBe(["cursor invalid_cursor"]);
        var changed = (cursor[0] == 'A' ? 'Q' : 'A') + cursor[1..];
        (await Client.SendAsync("GET", $"/api/v1/companies?sort=name&cursor={changed}")).Faults.ShouldBe(["cursor invalid_cursor"]);
    }

    [Fact]
    public async Task Fields_choose_what_is_answered_and_paths_reach_related_records()
    {
        var answer = await Client.SendAsync("GET", "/api/v1/companies?filter[name]=South&fields=name,parent.name,parent.country");

        answer.Body!["data"]![0]!.ToJsonString().ShouldBe("""{"name":"South","parent":{"name":"North","country":"Kenya"}}""");
    }
}
