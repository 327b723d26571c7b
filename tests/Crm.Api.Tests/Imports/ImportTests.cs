using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Imports;

public sealed class ImportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly object Companies = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "employees", column = "staff" } } };

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task An_accepted_import_is_a_job_that_ends_with_its_counts()
    {
        var accepted = await Client.ImportAsync("name,staff\nOne Ltd,1\nTwo Ltd,2\n", "company", Companies);

        accepted.Status.ShouldBe(HttpStatusCode.Accepted, accepted.Text);
        accepted.Headers["Location"].ShouldBe($"/api/v1/jobs/{accepted.Body!["id"]}");
        accepted.Body["type"]!.GetValue<string>().ShouldBe("import");
        var job = await Client.EndOfAsync(accepted.Headers["Location"]);
        job["status"]!.GetValue<string>().ShouldBe("succeeded");
        job.Counts().ShouldBe("2/0/0/0");
        (job["done"]!.GetValue<int>(), job["total"]!.GetValue<int>()).ShouldBe((2, 2));
        job["startedAt"].ShouldNotBeNull();
        job["finishedAt"].ShouldNotBeNull();
        (await Client.CountAsync("companies", "filter[name]=Two Ltd&filter[employees]=2")).ShouldBe(1);
    }

    [Fact]
    public async Task Rows_with_faults_are_told_with_all_their_faults_and_the_others_are_taken()
    {
        var job = await Client.ImportToTheEndAsync(
            "code,price,active,range\nok-1,10.50,true,A\nbad-1,ten,perhaps,A\nok-2,,no,A\nok-1,1,true,A\n,1,true,A,extra\nok-3,1.999,1,A\n", "product",
            new
            {
                columns = new object[]
                {
                    new { field = "name", template = "{range} {code}" }, new { field = "code", column = "code" },
                    new { field = "price", column = "price", currency = "EUR" }, new { field = "active", column = "active" },
                },
            });

        job["status"]!.GetValue<string>().ShouldBe("succeeded");
        job.Counts().ShouldBe("2/0/4/0");
        (await Client.FaultsAsync(job, limit: 2)).ShouldBe(
        [
            "3 error price invalid_money ten", "3 error active invalid_type perhaps", "5 error code taken ok-1", "6 error - unexpected_cells -", "7 error price invalid_money 1.999",
        ]);
        (await Client.CountAsync("products", "filter[code][startsWith]=ok-")).ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_row_costs_no_other_row()
    {
        var lines = Enumerable.Range(1, 500).Select(i => i % 100 == 0 ? "same,Twin" : $"n-{i},Number {i}");
        await Client.CreateAsync("products", new { name = "First", code = "same" });

        var job = await Client.ImportToTheEndAsync(
            "code,name\n" + string.Join('\n', lines), "product", new { columns = new object[] { new { field = "name", column = "name" }, new { field = "code", column = "code" } } });

        job.Counts().ShouldBe("495/0/5/0");
        (await Client.FaultsAsync(job)).ShouldBe([.. new[] { 101, 201, 301, 401, 501 }.Select(row => $"{row} error code taken same")]);
        (await Client.CountAsync("products", "filter[code][startsWith]=n-")).ShouldBe(495);
    }

    [Fact]
    public async Task Replacements_are_warnings_and_empty_cells_are_absent()
    {
        var job = await Client.ImportToTheEndAsync(
            "name,sector\nMended,technolgy\nPlain,\n", "company",
            new { columns = new object[] { new { field = "name", column = "name" }, new { field = "industry", column = "sector", replace = new { technolgy = "technology" } } } });

        job.Counts().ShouldBe("2/0/0/1");
        (await Client.FaultsAsync(job)).ShouldBe(["2 warning sector replaced technolgy"]);
        (await Client.CountAsync("companies", "filter[name]=Mended&filter[industry]=technology")).ShouldBe(1);
        (await Client.CountAsync("companies", "filter[name]=Plain&filter[industry][isNull]=true")).ShouldBe(1);
    }

    [Fact]
    public async Task References_are_looked_up_and_ambiguous_ones_refused()
    {
        var company = await Client.CreateAsync("companies", new { name = "Lookup Ltd" });
        await Client.CreateAsync("companies", new { name = "Twins" });
        await Client.CreateAsync("companies", new { name = "Twins" });

        var job = await Client.ImportToTheEndAsync(
            "last,firm,boss\nA,Lookup Ltd,owner@alpha.example\nB,Twins,\nC,Nowhere,nobody@alpha.example\n", "contact",
            new
            {
                columns = new object[]
                {
                    new { field = "lastName", column = "last" }, new { field = "companyId", column = "firm", lookup = "name" }, new { field = "ownerId", column = "boss", lookup = "email" },
                },
            });

        job.Counts().ShouldBe("1/0/2/0");
        (await Client.FaultsAsync(job)).ShouldBe(
            ["3 error firm ambiguous_reference Twins", "4 error firm reference_not_found Nowhere", "4 error boss reference_not_found nobody@alpha.example"]);
        (await Client.CountAsync("contacts", $"filter[companyId]={company["id"]}&filter[owner.email]=owner@alpha.example")).ShouldBe(1);
    }

    [Fact]
    public async Task A_parent_may_stand_below_its_subsidiary_and_a_missing_one_is_a_warning()
    {
        var job = await Client.ImportToTheEndAsync(
            "name,of\nSubsidiary,Holding\nHolding,\nOrphan,Nobody\nLoop,Loop\n,Nobody\n", "company",
            new { columns = new object[] { new { field = "name", column = "name" }, new { field = "parentId", column = "of", lookup = "name" } } });

        job.Counts().ShouldBe("4/0/1/2");
        (await Client.FaultsAsync(job)).ShouldBe(["4 warning of reference_not_found Nobody", "5 warning of not_a_hierarchy Loop", "6 error name required -"]);
        (await Client.CountAsync("companies", "filter[name]=Subsidiary&filter[parent.name]=Holding")).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_changes_what_is_there_and_leaves_what_is_not_in_the_file()
    {
        var mapping = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "externalId", column = "ref" }, new { field = "amount", column = "worth" } }, key = "externalId" };
        (await Client.ImportToTheEndAsync("ref,name,worth\nk-1,One,100\nk-2,Two,200\n", "deal", mapping)).Counts().ShouldBe("2/0/0/0");

        var job = await Client.ImportToTheEndAsync("ref,name,worth\nk-2,Second,\nk-3,Three,300\nk-3,Third,333\n,Four,4\n", "deal", mapping);

        job.Counts().ShouldBe("1/2/1/0");
        (await Client.FaultsAsync(job)).ShouldBe(["5 error ref required -"]);
        (await Client.CountAsync("deals", "filter[externalId]=k-2&filter[name]=Second&filter[amount]=200")).ShouldBe(1);
        (await Client.CountAsync("deals", "filter[externalId]=k-3&filter[name]=Third")).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_was_refused_changes_nothing_in_the_record_its_key_names()
    {
        await Client.CreateAsync("companies", new { name = "Link Parent" });
        var faulty = await Client.CreateAsync("companies", new { name = "Faulty", domain = "faulty.example" });
        var twins = new[] { await Client.CreateAsync("companies", new { name = "Twin A", domain = "twin.example" }), await Client.CreateAsync("companies", new { name = "Twin B", domain = "twin.example" }) };

        var job = await Client.ImportToTheEndAsync(
            "name,domain,staff,of\nFaulty,faulty.example,many,Link Parent\nTwin,twin.example,1,Link Parent\n", "company",
            new
            {
                columns = new object[]
                {
                    new { field = "name", column = "name" }, new { field = "domain", column = "domain" }, new { field = "employees", column = "staff" },
                    new { field = "parentId", column = "of", lookup = "name" },
                },
                key = "domain",
            });

        job.Counts().ShouldBe("0/0/2/0");
        (await Client.FaultsAsync(job)).ShouldBe(["2 error staff invalid_type many", "3 error domain ambiguous_match twin.example"]);
        foreach (var company in twins.Append(faulty))
            (await Client.SendAsync("GET", $"/api/v1/companies/{company["id"]}")).Body!["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Domains_are_matched_without_regard_to_case()
    {
        const string csv = "name,domain\nFirst,Case-Test.EXAMPLE\nSecond,CASE-test.example\n";
        var mapping = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "domain", column = "domain" } }, key = "domain" };

        (await Client.ImportToTheEndAsync(csv, "company", mapping, dryRun: true)).Counts().ShouldBe("1/1/0/0");
        (await Client.ImportToTheEndAsync(csv, "company", mapping)).Counts().ShouldBe("1/1/0/0");
        (await Client.CountAsync("companies", "filter[domain]=case-test.example&filter[name]=Second")).ShouldBe(1);
        (await Client.CountAsync("companies", "filter[domain]=Case-Test.example")).ShouldBe(1);

        var contacts = await Client.ImportToTheEndAsync(
            "last,firm\nA,CASE-TEST.example\n", "contact", new { columns = new object[] { new { field = "lastName", column = "last" }, new { field = "companyId", column = "firm", lookup = "domain" } } });
        contacts.Counts().ShouldBe("1/0/0/0");
        var subsidiaries = "name,domain,of\nSub,sub.case.example,Dry.Case.EXAMPLE\nDry,dry.CASE.example,\n";
        var tree = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "domain", column = "domain" }, new { field = "parentId", column = "of", lookup = "domain" } } };
        (await Client.ImportToTheEndAsync(subsidiaries, "company", tree, dryRun: true)).Counts().ShouldBe("2/0/0/0");
        (await Client.ImportToTheEndAsync(subsidiaries, "company", tree)).Counts().ShouldBe("2/0/0/0");
        (await Client.CountAsync("companies", "filter[parent.domain]=dry.case.example")).ShouldBe(1);
    }

    [Fact]
    public async Task Contacts_are_matched_by_any_of_their_addresses()
    {
        var contact = await Client.CreateAsync("contacts", new { lastName = "Before", emails = new[] { new { value = "first@match.example" }, new { value = "Second@match.example" } } });

        var job = await Client.ImportToTheEndAsync(
            "mail,last,labels\nsecond@MATCH.example,After,vip; east\nnew@match.example;other@match.example,New,\nno address,Bad,\n", "contact",
            new { columns = new object[] { new { field = "emails", column = "mail" }, new { field = "lastName", column = "last" }, new { field = "tags", column = "labels" } }, key = "emails" });

        job.Counts().ShouldBe("1/1/1/0");
        (await Client.FaultsAsync(job)).ShouldBe(["4 error mail invalid_email no address"]);
        (await Client.SendAsync("GET", "/api/v1/contacts?filter[lastName]=After&filter[tags][all]=vip,east")).Ids.ShouldBe([(Guid)contact["id"]!]);
        (await Client.CountAsync("contacts", "filter[emails][all]=new@match.example,other@match.example")).ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_be_and_writes_nothing()
    {
        const string csv = "code,name,of\nd-1,Dry Sub,Dry Parent\nd-1,Dry Twin,\nd-2,Dry Parent,\nd-3,,Dry Nobody\nd-4,Dry Orphan,Dry Nobody\n";
        var companies = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "parentId", column = "of", lookup = "name" } } };
        var products = new { columns = new object[] { new { field = "name", column = "name" }, new { field = "code", column = "code" } } };

        var dry = await Client.ImportToTheEndAsync(csv, "company", companies, dryRun: true);

        dry.Counts().ShouldBe("4/0/1/1");
        (await Client.FaultsAsync(dry)).ShouldBe(["5 error name required -", "6 warning of reference_not_found Dry Nobody"]);
        (await Client.CountAsync("companies", "filter[name][startsWith]=Dry%20")).ShouldBe(0);
        (await Client.ImportToTheEndAsync(csv, "product", products, dryRun: true)).Counts().ShouldBe("3/0/2/0");
        (await Client.CountAsync("products", "filter[name][startsWith]=Dry")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_row_is_in_the_change_log_with_the_one_who_asked_and_the_job()
    {
        var job = await Client.ImportToTheEndAsync("name,staff\nLogged Ltd,5\n", "company", Companies);

        await using var source = Npgsql.NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand("SELECT c.origin, c.actor_type, c.correlation_id FROM changes c JOIN companies k ON k.id = c.record_id WHERE k.name = 'Logged Ltd'");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        (await reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (reader.GetString(0), reader.GetString(1), reader.GetString(2)).ShouldBe(("CreateCompany", "user", $"job:{job["id"]}"));
    }

    [Fact]
    public async Task Only_those_who_may_import_and_write_the_records_do()
    {
        var member = await fixture.Api.AddMemberAsync(fixture.Tenant, "member");

        (await member.ImportAsync("name\nX\n", "company", Companies)).Code.ShouldBe("permission_missing");
        (await fixture.Api.CreateClient().ImportAsync("name\nX\n", "company", Companies)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tenants_import_apart()
    {
        var other = await fixture.Api.CreateTenantAsync("apart");
        await Client.CreateAsync("companies", new { name = "Ours Alone" });

        var job = await other.Client.ImportToTheEndAsync(
            "last,firm\nStranger,Ours Alone\n", "contact", new { columns = new object[] { new { field = "lastName", column = "last" }, new { field = "companyId", column = "firm", lookup = "name" } } });

        job.Counts().ShouldBe("0/0/1/0");
        (await other.Client.FaultsAsync(job)).ShouldBe(["2 error firm reference_not_found Ours Alone"]);
        foreach (var path in new[] { $"/api/v1/jobs/{job["id"]}", $"/api/v1/jobs/{job["id"]}/errors", $"/api/v1/jobs/{Guid.NewGuid()}", "/api/v1/jobs/nonsense" })
            (await Client.SendAsync("GET", path)).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(HttpStatusCode.NotFound), a => a.Code.ShouldBe("not_found"));
        (await Client.SendAsync("POST", $"/api/v1/jobs/{job["id"]}/cancel")).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
