using System.Net;
using System.Net.Http.Headers;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Imports;

public sealed class MappingTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly object Names = new { columns = new[] { new { field = "name", column = "name" } } };

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Missing_parts_are_all_named()
    {
        (await Client.ImportAsync((byte[]?)null, null, null, "false")).Faults.ShouldBe(["/file required", "/recordType required", "/mapping required"]);
        (await Client.ImportAsync("name\nX\n", "user", Names, "perhaps")).Faults.ShouldBe(["/recordType invalid_choice", "/dryRun invalid_type"]);
    }

    [Fact]
    public async Task All_faults_of_a_mapping_are_told_with_their_place_and_no_job_is_made()
    {
        var answer = await Client.ImportAsync("name\nX\n", "company", """
            {
              "columns": [
                { "field": "nme", "column": "name" },
                { "field": "version", "column": "name" },
                { "field": "name", "column": "name", "value": "x", "colour": 1 },
                { "field": "name", "column": "name" },
                { "field": "employees", "value": "many", "lookup": "name" },
                { "field": "parentId", "column": "name", "lookup": "industry" },
                { "field": "annualRevenue", "column": "name", "currency": "usd", "multiply": -1, "format": "d.M.yyyy" },
                { "field": "city", "template": "{name" },
                { "column": "name" },
                7
              ],
              "key": "employees", "delimiter": "--", "sheet": 1
            }
            """);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Faults.ShouldBe(
        [
            "/mapping/columns/0/field unknown_field", "/mapping/columns/1/field unknown_field", "/mapping/columns/2/colour unknown_member", "/mapping/columns/2 contradiction",
            "/mapping/columns/3/field repeated_field", "/mapping/columns/4/lookup not_applicable", "/mapping/columns/4/value invalid_type", "/mapping/columns/5/lookup invalid_choice",
            "/mapping/columns/6/currency invalid_type", "/mapping/columns/6/multiply invalid_type", "/mapping/columns/6/format not_applicable", "/mapping/columns/7/template invalid_template",
            "/mapping/columns/8/field required", "/mapping/columns/9 invalid_type", "/mapping/delimiter too_long", "/mapping/sheet unknown_member", "/mapping/key invalid_choice",
        ]);
        await using var source = Npgsql.NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var jobs = source.CreateCommand("SELECT count(*) FROM jobs WHERE total IS NULL");
        (await jobs.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(0L);
    }

    [Theory]
    [InlineData("[]", "/mapping invalid_type")]
    [InlineData("{", "/mapping invalid_json")]
    [InlineData("{}", "/mapping/columns required")]
    [InlineData("""{"columns":[]}""", "/mapping/columns invalid_type")]
    [InlineData("""{"columns":[{"field":"city","column":"name"}]}""", "/mapping/columns required_field")]
    [InlineData("""{"columns":[{"field":"name","column":"nome"}]}""", "/mapping/columns/0/column unknown_column")]
    [InlineData("""{"columns":[{"field":"name","template":"{name} {nome}"}]}""", "/mapping/columns/0/template unknown_column")]
    [InlineData("""{"columns":[{"field":"name","column":"twice"}]}""", "/mapping/columns/0/column ambiguous_column")]
    [InlineData("""{"columns":[{"field":"lifecycleStage","value":"king"},{"field":"name","column":"name"}]}""", "/mapping/columns/0/value invalid_choice")]
    public async Task A_wrong_mapping_is_refused(string mapping, string fault) =>
        (await Client.ImportAsync("name,twice,twice\nX,1,2\n", "company", mapping)).Faults.ShouldBe([fault]);

    [Theory]
    [InlineData("", "/mapping/columns/0/column unknown_column")]
    [InlineData("name\n", "/file empty_file")]
    [InlineData("\"name\n1\n", "/file invalid_csv")]
    public async Task A_file_without_rows_is_refused(string csv, string fault) =>
        (await Client.ImportAsync(csv, "company", Names)).Faults.ShouldBe([fault]);

    [Fact]
    public async Task What_is_no_multipart_body_is_refused()
    {
        (await Client.SendAsync("POST", "/api/v1/imports", new { recordType = "company" })).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);

        using var broken = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nname"u8.ToArray());
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await Client.SendContentAsync("/api/v1/imports", broken)).Status.ShouldBe(HttpStatusCode.BadRequest);

        using var parts = new MultipartFormDataContent { { new StringContent("x"), "sheet" }, { new StringContent("company"), "recordType" }, { new StringContent("deal"), "recordType" } };
        (await Client.SendContentAsync("/api/v1/imports", parts)).Faults.ShouldBe(["/sheet unknown_member", "/recordType repeated_part"]);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_and_nothing_of_it_is_kept()
    {
        var home = Directory.CreateTempSubdirectory("crm-files-");
        try
        {
            await using var api = await ApiHost.StartAsync(("Imports:MaxFileSize", "5000"), ("Storage:Folder", home.FullName));
            var tenant = await api.CreateTenantAsync("small");

            (await tenant.Client.ImportAsync("name\n" + new string('x', 6000) + "\n", "company", Names)).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            (await tenant.Client.ImportAsync("nome\nx\n", "company", Names)).Status.ShouldBe(HttpStatusCode.BadRequest);
            (await tenant.Client.ImportToTheEndAsync("name\nx\n", "company", Names)).Counts().ShouldBe("1/0/0/0");
            await Until.ShouldBe(() => Task.FromResult(Directory.GetFiles(home.FullName, "*", SearchOption.AllDirectories)), files => files.Length == 0, TimeSpan.FromSeconds(20));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
