using Crm.Api.Tests.Records;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Imports;

/// <summary>What one upload can cost at most.</summary>
public sealed class BoundTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Text_made_of_one_long_cell_many_times_is_a_fault_of_its_row()
    {
        var bomb = string.Concat(Enumerable.Repeat("{n}", 333));
        string[] fields = ["name", "industry", "city", "description", "tags", "lifecycleStage", "employees", "annualRevenue", "domain"];
        var mapping = new { columns = fields.Select(f => new { field = f, template = bomb }).Append((object)new { field = "parentId", template = bomb, lookup = "name" }) };

        var job = await Client.ImportToTheEndAsync("n\n\" " + new string('x', 900_000) + "\"\n", "company", mapping);

        job["status"]!.GetValue<string>().ShouldBe("succeeded");
        job.Counts().ShouldBe("0/0/1/0");
        (await Client.FaultsAsync(job)).ShouldAllBe(f => f.Contains(" too_long "));
    }

    [Fact]
    public async Task Constant_text_for_every_row_ends_the_job_before_it_has_stored_far_more_than_was_sent()
    {
        var mapping = new { columns = new object[] { new { field = "name", column = "n" }, new { field = "description", value = new string('x', 5000) } } };

        var job = await Client.ImportToTheEndAsync("n\n" + string.Concat(Enumerable.Repeat("made\n", 3000)), "company", mapping, dryRun: true);

        job["status"]!.GetValue<string>().ShouldBe("failed", job.ToJsonString());
        job["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("too_much_text");
    }

    [Fact]
    public async Task A_header_of_separators_alone_is_refused_and_rows_of_them_are_no_wider_than_the_header()
    {
        var wide = new string(',', 900_000);
        var map = new { columns = new object[] { new { field = "name", column = "n" } } };

        (await Client.ImportAsync("n" + wide + "\nx\n", "company", map)).Faults.ShouldBe(["/file invalid_csv"]);
        var job = await Client.ImportToTheEndAsync("n,m\n" + string.Concat(Enumerable.Repeat("x" + wide + "\n", 20)), "company", map, dryRun: true);

        job.Counts().ShouldBe("20/0/0/0");
    }
}
