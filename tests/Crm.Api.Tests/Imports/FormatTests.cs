using System.Text;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Imports;

public sealed class FormatTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    public static TheoryData<string, string> Encodings => new()
    {
        { "utf-8", "" }, { "utf-8", "BOM" }, { "utf-16", "BOM" }, { "utf-16BE", "BOM" }, { "windows-1252", "" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Encodings_are_recognised(string encoding, string mark)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var coder = Encoding.GetEncoding(encoding);
        var name = $"Müller & Söhne – {encoding}{mark}";
        byte[] file = [.. mark.Length > 0 ? coder.GetPreamble() : [], .. coder.GetBytes($"name\n{name}\n")];

        var answer = await Client.ImportAsync(file, "company", Map(("name", "name")));
        var job = await Client.EndOfAsync(answer.Headers["Location"]);

        job.Counts().ShouldBe("1/0/0/0");
        (await Client.CountAsync("companies", $"filter[name]={Uri.EscapeDataString(name)}")).ShouldBe(1);
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task Delimiters_are_recognised(char delimiter)
    {
        var job = await Client.ImportToTheEndAsync($"name{delimiter}city\nDelimited {(int)delimiter}{delimiter}Rome\n", "company", Map(("name", "name"), ("city", "city")));

        job.Counts().ShouldBe("1/0/0/0");
        (await Client.CountAsync("companies", $"filter[name]=Delimited {(int)delimiter}&filter[city]=Rome")).ShouldBe(1);
    }

    [Fact]
    public async Task A_delimiter_can_be_told()
    {
        var job = await Client.ImportToTheEndAsync("name^city\nA, B; C^Oslo\n", "company", new { delimiter = "^", columns = new[] { new { field = "name", column = "name" }, new { field = "city", column = "city" } } });

        job.Counts().ShouldBe("1/0/0/0");
        (await Client.CountAsync("companies", "filter[name]=A, B; C&filter[city]=Oslo")).ShouldBe(1);
    }

    [Fact]
    public async Task Texts_of_one_line_with_a_control_character_are_faults_and_spaces_around_them_are_not()
    {
        var job = await Client.ImportToTheEndAsync(
            "name,city,tags,description\r\n\"Two\nlines\",Rome,a,x\r\nBell,\"Ro\u0007me\",a,x\r\nTagged,Rome,\"a\tb;c\",x\r\n\"Trimmed one \n\",Rome,a,\"l1\nl2\"\r\n", "company",
            Map(("name", "name"), ("city", "city"), ("tags", "tags"), ("description", "description")));

        job.Counts().ShouldBe("1/0/3/0");
        (await Client.FaultsAsync(job)).Select(f => string.Join(' ', f.Split(' ')[..4])).ShouldBe(["2 error name control_character", "3 error city control_character", "4 error tags control_character"], ignoreOrder: true);
        (await Client.CountAsync("companies", "filter[name]=Trimmed one")).ShouldBe(1);
    }

    [Fact]
    public async Task Quoted_cells_hold_line_ends_quotes_and_delimiters()
    {
        var job = await Client.ImportToTheEndAsync("name,description\r\n\"Quoted \"\"Ltd\"\"\",\"line 1\r\nline, 2\"\r\n\r\n  Spaced  ,x\r\nStray \"quote\",x\r\n", "company", Map(("name", "name"), ("description", "description")));

        job.Counts().ShouldBe("2/0/1/0");
        (await Client.FaultsAsync(job)).ShouldBe(["4 error - malformed_row -"]);
        var found = await Client.SendAsync("GET", "/api/v1/companies?filter[name]=Quoted \"Ltd\"");
        found.Body!["data"]![0]!["description"]!.GetValue<string>().ShouldBe("line 1\r\nline, 2");
        (await Client.CountAsync("companies", "filter[name]=Spaced")).ShouldBe(1);
    }

    [Fact]
    public async Task The_mark_against_formulas_is_taken_back()
    {
        var job = await Client.ImportToTheEndAsync("name,description\n'=SUM,'plain\n'+1,'-x\n'@a,it's\n", "company", Map(("name", "name"), ("description", "description")));

        job.Counts().ShouldBe("3/0/0/0");
        (await Client.CountAsync("companies", $"filter[name]={Uri.EscapeDataString("=SUM")}")).ShouldBe(1);
        (await Client.CountAsync("companies", $"filter[name]={Uri.EscapeDataString("+1")}")).ShouldBe(1);
        (await Client.CountAsync("companies", "filter[name]=@a")).ShouldBe(1);
        var first = await Client.SendAsync("GET", $"/api/v1/companies?filter[name]={Uri.EscapeDataString("=SUM")}");
        first.Body!["data"]![0]!["description"]!.GetValue<string>().ShouldBe("'plain");
    }

    [Fact]
    public async Task Numbers_dates_and_amounts_are_read_as_the_mapping_says()
    {
        var job = await Client.ImportToTheEndAsync("name;staff;revenue;when\nFormatted;1.234;1.234,5;\nWrong;1,5;12,345;\n", "company", new
        {
            columns = new object[]
            {
                new { field = "name", column = "name" },
                new { field = "employees", column = "staff", decimalSeparator = "," },
                new { field = "annualRevenue", column = "revenue", currency = "EUR", decimalSeparator = ",", multiply = 10 },
            },
        });

        job.Counts().ShouldBe("1/0/1/0");
        (await Client.FaultsAsync(job)).ShouldBe(["3 error staff invalid_type 1,5"]);
        var found = await Client.SendAsync("GET", "/api/v1/companies?filter[name]=Formatted");
        found.Body!["data"]![0]!["employees"]!.GetValue<int>().ShouldBe(1234);
        found.Body["data"]![0]!["annualRevenue"]!.ToJsonString().ShouldBe("""{"amount":"12345.00","currency":"EUR"}""");

        var deals = await Client.ImportToTheEndAsync("name,closes\nSlashes,3/9/2017\nIso,2017-03-09\n", "deal", new { columns = new object[] { new { field = "name", column = "name" }, new { field = "closeDate", column = "closes", format = "M/d/yyyy" } } });
        (await Client.FaultsAsync(deals)).ShouldBe(["3 error closes invalid_type 2017-03-09"]);
        (await Client.CountAsync("deals", "filter[name]=Slashes&filter[closeDate]=2017-03-09")).ShouldBe(1);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_ends_the_job_however_much_it_has_swallowed()
    {
        foreach (var rows in new[] { 1, 200_000 })
        {
            var job = await Client.ImportToTheEndAsync("name\nBefore\n\"" + string.Concat(Enumerable.Repeat("never closed\n", rows)), "company", Map(("name", "name")));
            job["status"]!.GetValue<string>().ShouldBe("failed");
            job["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("invalid_csv");
        }
    }

    private static object Map(params (string Field, string Column)[] columns) => new { columns = columns.Select(c => new { field = c.Field, column = c.Column }) };
}
