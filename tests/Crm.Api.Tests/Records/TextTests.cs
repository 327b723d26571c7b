using System.Net;
using System.Net.Http.Headers;
using Crm.Api.Tests.Imports;
using Crm.Application.Records;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>What is no text, or none that the database takes, is refused by name wherever a text can be sent.</summary>
public sealed class TextTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Nil = "\0";
    private static readonly string[] Listed = ["companies", "contacts", "products", "pipelines", "stages", "deals"];

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task A_filter_by_what_is_no_text_is_refused_for_every_field_and_operator()
    {
        var tried = 0;
        var types = fixture.Api.Services.GetRequiredService<RecordModel>();
        foreach (var type in types.All.Where(t => Listed.Contains(t.Plural)))
        {
            foreach (var field in type.Fields.Where(f => f is { Filterable: true, Kind: FieldKind.Text or FieldKind.Choice or FieldKind.Tags or FieldKind.Emails }))
            {
                foreach (var op in FilterOperators.Of(field).Where(o => o != FilterOperator.IsNull).Select(o => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(o.ToString())))
                {
                    var parameter = $"filter[{field.Name}][{op}]";
                    var values = op == "between" ? "a%00,b" : "%00";
                    var answer = await Client.SendAsync("GET", $"/api/v1/{type.Plural}?{parameter}={values}");
                    answer.Status.ShouldBe(HttpStatusCode.BadRequest, $"{type.Plural} {parameter}: {answer.Text}");
                    answer.Faults.ShouldBe([$"{parameter} invalid_text"]);
                    tried++;
                }
            }
        }

        tried.ShouldBeGreaterThan(100);
        (await Client.SendAsync("POST", "/api/v1/companies/query", new { filter = new { name = new { @in = new[] { "a", Nil } }, tags = new { any = new[] { Nil } } } })).Faults
            .ShouldBe(["/filter/name/in/1 invalid_text", "/filter/tags/any/0 invalid_text"]);
    }

    [Fact]
    public async Task What_stands_on_one_line_has_no_control_characters_in_any_record()
    {
        foreach (var type in fixture.Api.Services.GetRequiredService<RecordModel>().All.Where(t => Listed.Contains(t.Plural)))
        {
            var texts = type.Fields.Where(f => f.Kind == FieldKind.Text && f.Write != FieldWrite.Never).ToList();
            foreach (var control in new[] { "\n", "\r", "\t", "\u0007", "\u001b", "\u0085", "\u2028" })
            {
                var answer = await Client.SendAsync("PATCH", $"/api/v1/{type.Plural}/{Guid.NewGuid()}", texts.ToDictionary(f => f.Name, _ => $"a{control}b"));
                answer.Faults.Where(f => f.EndsWith(" control_character", StringComparison.Ordinal)).ShouldBe(
                    texts.Where(f => !f.IsMultiLine && f.Write == FieldWrite.Always).Select(f => $"/{f.Name} control_character"), ignoreOrder: true, customMessage: answer.Text);
            }
        }
    }

    [Fact]
    public async Task Lists_of_texts_have_no_control_characters_either_and_free_texts_and_streets_may_have_lines()
    {
        var lines = "one\ntwo\tthree";
        (await Client.SendAsync("POST", "/api/v1/contacts", new
        {
            firstName = lines,
            description = lines,
            tags = new[] { lines },
            emails = new[] { new { value = "a@b.example", label = lines } },
            phones = new[] { new { value = lines, label = lines } },
            addresses = new[] { new { street = lines, city = lines, country = lines } },
        })).Faults.ShouldBe(
            ["/firstName control_character", "/tags/0 control_character", "/emails/0/label control_character", "/phones/0/value control_character", "/phones/0/label control_character",
                "/addresses/0/city control_character", "/addresses/0/country control_character"], ignoreOrder: true);
        (await Client.CreateAsync("companies", new { name = "Lines", description = lines, street = lines }))["street"]!.GetValue<string>().ShouldBe(lines);
    }

    [Theory]
    [InlineData("/teams")]
    [InlineData("/api-keys")]
    [InlineData("/invitations")]
    [InlineData("/roles")]
    [InlineData("/settings")]
    public async Task What_administrators_name_stands_on_one_line(string what)
    {
        var (method, path, body) = what switch
        {
            "/teams" => ("POST", "/admin/teams", (object)new { name = "New\nCo." }),
            "/api-keys" => ("POST", what, new { name = "New\nCo.", scopes = new[] { "deals:read" } }),
            "/invitations" => ("POST", what, new { name = "New\nCo.", email = "mary@people.example", role = "viewer" }),
            "/roles" => ("POST", "/admin/roles", new { name = "New\nCo.", permissions = new[] { "deals:read" } }),
            _ => ("PATCH", "/admin/settings", new { name = "New\nCo." }),
        };

        (await Client.SendAsync(method, "/api/v1" + path, body)).Faults.ShouldBe(["/name control_character"]);
    }

    [Theory]
    [InlineData("/deals/board", """{"stageId":"\ud800","pipelineId":"\u0000"}""", "/pipelineId invalid_text,/stageId invalid_text")]
    [InlineData("/deals/board", """{"stageId":7,"colour":1}""", "/stageId invalid_type,/colour unknown_member")]
    [InlineData("/deals/board", """{"cursor":"x","limit":0,"filter":{"nme":{"eq":1}}}""", "/cursor contradiction,/filter/nme/eq unknown_field,/limit out_of_range")]
    [InlineData("/deals/board", """{"sort":["name"],"count":"exact"}""", "/sort unknown_member,/count unknown_member")]
    [InlineData("/deals/a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11/move", """{"stageId":"\ud800","beforeId":"x","version":"1","to":1}""", "/stageId invalid_text,/beforeId invalid_type,/version invalid_type,/to unknown_member")]
    [InlineData("/deals/a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11/move", "{}", "/stageId required")]
    [InlineData("/deals/query", """{"filter":{"stageId":{"eq":"\ud800"},"amount":{"eq":{"amount":"\ud800","currency":"\u0000"}}}}""", "/filter/stageId/eq invalid_text,/filter/amount/eq/amount invalid_text,/filter/amount/eq/currency invalid_text")]
    public async Task A_body_with_what_is_no_text_or_no_id_is_told_all_its_faults(string path, string body, string faults)
    {
        var answer = await PostAsync(path, System.Text.Encoding.UTF8.GetBytes(body));

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Faults.ShouldBe(faults.Split(','), ignoreOrder: true);
    }

    [Fact]
    public async Task A_member_whose_name_is_no_text_is_refused_by_everything_that_takes_a_body()
    {
        byte[][] bodies = ["{\"name\":\"x\",\"\\ud800\":1}"u8.ToArray(), [.. "{\"name\":\"x\",\"a\":{\"b\":1,\""u8, 0xFF, .. "\":1}}"u8]];
        foreach (var path in new[] { "/companies", "/companies/query", "/deals/board", $"/deals/{Guid.NewGuid()}/move", "/reports/aggregate", "/auth/sign-in", "/invitations" })
        {
            foreach (var body in bodies)
                (await PostAsync(path, body)).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(HttpStatusCode.BadRequest, path + a.Text), a => a.Faults.ShouldBe([" invalid_json"]));
        }
    }

    [Theory]
    [InlineData("""{"field":"name","column":"name","replace":{"\u0000":"x"}}""", "/mapping/columns/0/replace/\0 invalid_text")]
    [InlineData("""{"field":"name","column":"name","\u0000":null}""", "/mapping/columns/0/\0 unknown_member")]
    [InlineData("""{"field":"name","column":"name","replace":{"a":"\ud800"}}""", "/mapping/columns/0/replace/a invalid_text")]
    public async Task A_mapping_with_what_is_no_text_is_refused(string column, string fault) =>
        (await Client.ImportAsync("name\nX\n", "company", $$"""{"columns":[{{column}}]}""")).Faults.ShouldBe([fault]);

    [Fact]
    public async Task A_mapping_whose_member_has_no_name_is_no_JSON() =>
        (await Client.ImportAsync("name\nX\n", "company", """{"columns":[{"field":"name","column":"name","replace":{"\ud800":"x"}}]}""")).Faults.ShouldBe(["/mapping invalid_json"]);

    [Fact]
    public async Task Each_item_of_a_list_is_told_by_its_own_place()
    {
        var answer = await PostAsync("/contacts", """{"lastName":"x","tags":[1,"fine",2," "],"emails":[7,{"value":"a@b.example"},{"value":"no"},{}]}"""u8.ToArray());

        answer.Faults.ShouldBe(["/tags/0 invalid_type", "/tags/2 invalid_type", "/tags/3 blank", "/emails/0 invalid_type", "/emails/2/value invalid_email", "/emails/3/value required"], ignoreOrder: true);
    }

    private async Task<Answer> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await Client.SendContentAsync("/api/v1" + path, content);
    }
}
