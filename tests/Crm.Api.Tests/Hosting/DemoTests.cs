using System.Globalization;
using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Imports;
using Crm.Embedded.Demo;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Hosting;

public sealed class DemoFixture : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = null!;

    public string Home { get; } = Directory.CreateTempSubdirectory("crm-demo-").FullName;

    public DemoAccess Access { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync();
        Access = await SeedAsync();
    }

    public Task<DemoAccess> SeedAsync() => DemoSeed.RunAsync(Api.Services, Home, Api.BaseAddress, CancellationToken.None);

    public Task<HttpClient> SignInAsync(DemoTenant tenant) => Api.SignInAsync(new { email = tenant.Email, password = tenant.Password });

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }
}

public sealed class DemoTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Each_tenant_holds_the_whole_sample(int tenant)
    {
        var client = await demo.SignInAsync(demo.Access.Tenants[tenant]);
        var deals = Sample.Read("sales_pipeline");

        (await client.CountAsync("companies")).ShouldBe(Sample.Read("accounts").Count);
        (await client.CountAsync("products")).ShouldBe(Sample.Read("products").Count);
        (await client.CountAsync("deals")).ShouldBe(deals.Count);
        (await client.CountAsync("deals", "filter[companyId][isNull]=true")).ShouldBe(deals.Count(d => d["account"].Length == 0));
        (await client.CountAsync("deals", "filter[productId][isNull]=true")).ShouldBe(0);
        foreach (var stage in new[] { "Won", "Lost", "Engaging", "Prospecting" })
            (await client.CountAsync("deals", $"filter[stage.name]={stage}")).ShouldBe(deals.Count(d => d["deal_stage"] == stage), stage);
        (await client.CountAsync("deals", "filter[owner.name]=Darcel Schlecht&filter[status]=won&filter[product.name]=GTX Pro"))
            .ShouldBe(deals.Count(d => d["sales_agent"] == "Darcel Schlecht" && d["deal_stage"] == "Won" && d["product"] == "GTXPro"));
        (await client.CountAsync("deals", "filter[closeDate][between]=2017-03-01,2017-03-31"))
            .ShouldBe(deals.Count(d => d["close_date"].StartsWith("3/", StringComparison.Ordinal) && d["close_date"].EndsWith("/2017", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_was_won_sums_to_what_the_file_says()
    {
        var client = await demo.SignInAsync(demo.Access.Tenants[0]);
        var won = Sample.Read("sales_pipeline").Where(d => d["deal_stage"] == "Won").Sum(d => decimal.Parse(d["close_value"], CultureInfo.InvariantCulture));
        won.ShouldBe(10_005_534);

        var answer = await client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", filter = new { status = new { eq = "won" } }, measures = new[] { new { op = "sum", field = "amount" } } });

        answer.Body!["data"]![0]!["values"]![0]!.ToJsonString().ShouldBe("""{"amount":"10005534.00","currency":"USD"}""");
    }

    [Fact]
    public async Task Subsidiaries_are_linked_and_misspellings_mended()
    {
        var client = await demo.SignInAsync(demo.Access.Tenants[1]);
        var parents = Sample.Read("accounts").Where(a => a["subsidiary_of"].Length > 0).ToDictionary(a => a["account"], a => a["subsidiary_of"]);

        var answer = await client.SendAsync("GET", "/api/v1/companies?limit=200&filter[parentId][isNull]=false&fields=name,parent.name");

        answer.Body!["data"]!.AsArray().ToDictionary(c => (string)c!["name"]!, c => (string)c!["parent"]!["name"]!).ShouldBe(parents, ignoreOrder: true);
        (await client.CountAsync("companies", "filter[industry]=technology")).ShouldBe(12);
        (await client.CountAsync("companies", "filter[country]=Philippines")).ShouldBe(1);
        (await client.CountAsync("companies", "filter[industry]=technolgy")).ShouldBe(0);
    }

    [Fact]
    public async Task The_access_file_is_private_and_signs_in_the_operator_too()
    {
        var path = Path.Combine(demo.Home, "demo.json");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var access = DemoAccess.Read(path).ShouldNotBeNull();
        access.BaseUrl.ShouldBe(demo.Api.BaseAddress.GetLeftPart(UriPartial.Authority));

        var client = await demo.Api.SignInAsync(new { email = access.Host.Email, password = access.Host.Password });
        (await client.SendAsync("GET", "/api/v1/host/tenants")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_tenant_has_an_API_key_that_may_do_what_its_owner_may_and_a_demo_made_before_there_were_keys_gets_them()
    {
        foreach (var tenant in demo.Access.Tenants)
        {
            using var client = demo.Api.CreateClient();
            client.DefaultRequestHeaders.Add("X-API-Key", tenant.ApiKey);
            (await client.SendAsync("GET", "/api/v1/me")).Body!["permissions"]!.AsArray().Select(p => (string)p!).ShouldBe(Domain.Identity.Permissions.Scopes, ignoreOrder: true);
            (await client.CountAsync("deals")).ShouldBe(Sample.Read("sales_pipeline").Count);
        }

        var path = Path.Combine(demo.Home, "demo.json");
        var gone = demo.Access.Tenants[0] with { ApiKey = null, Email = "nobody@gone.example" };
        (demo.Access with { Tenants = [demo.Access.Tenants[0] with { ApiKey = null }, demo.Access.Tenants[1]] }).Write(path);
        var completed = await demo.SeedAsync();
        (completed.Tenants[0].ApiKey, completed.Tenants[1].ApiKey).ShouldSatisfyAllConditions(keys => keys.Item1.ShouldNotBeNull(), keys => keys.Item2.ShouldBe(demo.Access.Tenants[1].ApiKey));
        DemoAccess.Read(path)!.Tenants[0].ApiKey.ShouldBe(completed.Tenants[0].ApiKey);

        (demo.Access with { Tenants = [gone, demo.Access.Tenants[1]] }).Write(path);
        (await demo.SeedAsync()).Tenants[0].ApiKey.ShouldBeNull();
        demo.Access.Write(path);
    }

    [Fact]
    public async Task A_seeded_home_is_not_seeded_again()
    {
        var before = await File.ReadAllTextAsync(Path.Combine(demo.Home, "demo.json"), TestContext.Current.CancellationToken);

        await demo.SeedAsync();

        (await File.ReadAllTextAsync(Path.Combine(demo.Home, "demo.json"), TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task Win_rates_by_owner_are_those_of_the_file()
    {
        var client = await demo.SignInAsync(demo.Access.Tenants[0]);
        var expected = Sample.Read("sales_pipeline").Where(d => d["deal_stage"] is "Won" or "Lost").GroupBy(d => d["sales_agent"])
            .ToDictionary(g => g.Key, g => (Won: g.Count(d => d["deal_stage"] == "Won"), Closed: g.Count()));

        var answer = await client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            filter = new { status = new { @in = new[] { "won", "lost" } } },
            groupBy = new[] { new { field = "owner.name" } },
            measures = new[] { new { op = "winRate" }, new { op = "count" } },
        });

        var rows = answer.Body!["data"]!.AsArray();
        rows.Count.ShouldBe(expected.Count);
        foreach (var row in rows)
        {
            var (won, closed) = expected[(string)row!["group"]!["owner.name"]!];
            ((int)row["values"]![1]!).ShouldBe(closed);
            ((double)row["values"]![0]!).ShouldBe((double)won / closed, 1e-12);
        }
    }

    [Fact]
    public async Task Amounts_by_product_and_quarter_are_those_of_the_file()
    {
        var client = await demo.SignInAsync(demo.Access.Tenants[1]);
        var expected = Sample.Read("sales_pipeline").Where(d => d["deal_stage"] == "Won")
            .GroupBy(d => (Product: d["product"] == "GTXPro" ? "GTX Pro" : d["product"], Quarter: FirstOfQuarter(d["close_date"])))
            .ToDictionary(g => g.Key, g => g.Sum(d => decimal.Parse(d["close_value"], CultureInfo.InvariantCulture)));

        var answer = await client.SendAsync("POST", "/api/v1/reports/aggregate", new
        {
            recordType = "deal",
            filter = new { status = new { eq = "won" } },
            groupBy = new object[] { new { field = "product.name" }, new { field = "closeDate", bucket = "quarter" } },
            measures = new[] { new { op = "sum", field = "amount" } },
        });

        answer.Body!["data"]!.AsArray().ToDictionary(
            r => ((string)r!["group"]!["product.name"]!, (string)r["group"]!["closeDate"]!),
            r => decimal.Parse((string)r!["values"]![0]!["amount"]!, CultureInfo.InvariantCulture)).ShouldBe(expected, ignoreOrder: true);
    }

    private static string FirstOfQuarter(string day)
    {
        var date = DateOnly.ParseExact(day, "M/d/yyyy", CultureInfo.InvariantCulture);
        return new DateOnly(date.Year, ((date.Month - 1) / 3 * 3) + 1, 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
