using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.OpenApi;

public sealed class ExampleTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] RecordModel = ["Company", "Contact", "Product", "Pipeline", "Stage", "Deal"];

    // An example names rows, links and passwords that are not there; that is told once the body is understood.
    private static readonly string[] ToldWhenUnderstood = [" reference_not_found", " invalid_link", " wrong_password"];

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Every_example_fits_its_schema()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var misfits = new List<string>();
        foreach (var (name, schema) in document.Root["components"]!["schemas"]!.AsObject())
            foreach (var example in schema!["examples"]?.AsArray() ?? [])
                misfits.AddRange(document.Schemas.Misfits(schema, example, name));
        foreach (var operation in document.Operations)
        {
            foreach (var media in Media(document, operation).Where(m => m["example"] is not null))
                misfits.AddRange(document.Schemas.Misfits(media["schema"]!, media["example"], operation.Id));
        }

        misfits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_body_has_an_example_that_the_API_understands()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        foreach (var operation in document.Operations.Where(o => o.Node["requestBody"]?["content"]?["application/json"] is not null))
        {
            var example = operation.Body!["example"];
            example.ShouldNotBeNull(operation.Id);
            var answer = await Client.SendAsync(operation.Method, operation.Path.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal), example);
            if (answer.Status == HttpStatusCode.BadRequest)
                answer.Faults.ShouldAllBe(fault => ToldWhenUnderstood.Any(code => fault.EndsWith(code, StringComparison.Ordinal)), $"{operation} {answer.Text}");
            document.Misfits(operation.Id, answer).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Records_are_created_changed_and_found_by_the_examples_alone()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var client = (await fixture.Api.CreateTenantAsync("examples")).Client;
        var pipeline = await client.CreateAsync("pipelines", new { name = "Of the examples" });
        foreach (var type in RecordModel)
        {
            var create = document.Operation($"Create{type}");
            var body = create.Body!["example"]!.DeepClone();
            if (body["pipelineId"] is not null)
                body["pipelineId"] = pipeline["id"]!.DeepClone();
            var created = await client.SendAsync("POST", create.Path, body);
            var path = $"{create.Path}/{created.Body?["id"]}";
            var updated = await client.SendAsync("PATCH", path, document.Operation($"Update{type}").Body!["example"]);
            var read = await client.SendAsync("GET", path);
            var found = await client.SendAsync("POST", create.Path + "/query", document.Operations.Single(o => o.Path == create.Path + "/query").Body!["example"]);

            created.Status.ShouldBe(HttpStatusCode.Created, created.Text);
            updated.Status.ShouldBe(HttpStatusCode.OK, updated.Text);
            read.Status.ShouldBe(HttpStatusCode.OK, read.Text);
            found.Status.ShouldBe(HttpStatusCode.OK, found.Text);
            document.Misfits(create.Id, created).ShouldBeEmpty();
            document.Misfits($"Update{type}", updated).ShouldBeEmpty();
            document.Misfits($"Get{type}", read).ShouldBeEmpty();
            read.Body!.AsObject().Select(member => member.Key).ShouldBe(
                document.Root["components"]!["schemas"]![type]!["required"]!.AsArray().Select(name => (string)name!), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Answers_are_as_the_document_says()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var company = await Client.CreateAsync("companies", new { name = "Said and done", annualRevenue = new { amount = "5", currency = "USD" } });
        var deal = await Client.CreateAsync("deals", new { name = "Said", companyId = (Guid)company["id"]!, amount = new { amount = "5", currency = "USD" } });
        var path = $"/api/v1/deals/{deal["id"]}";

        (string Operation, Answer Answer)[] answers =
        [
            ("ListDeals", await Client.SendAsync("GET", "/api/v1/deals?expand=company,stage.pipeline&count=exact")),
            ("ListDeals", await Client.SendAsync("GET", "/api/v1/deals?fields=name,company.name,contact.id&limit=1")),
            ("ListDeals", await Client.SendAsync("GET", "/api/v1/deals?limit=0&filter[nothing]=1")),
            ("GetDeal", await Client.SendAsync("GET", path + "?expand=company")),
            ("GetDeal", await Client.SendAsync("GET", path, null, ("If-None-Match", "\"1\""))),
            ("GetDeal", await Client.SendAsync("GET", $"/api/v1/deals/{Guid.NewGuid()}")),
            ("UpdateDeal", await Client.SendAsync("PATCH", path, new { name = "Too late" }, ("If-Match", "\"7\""))),
            ("CreateDeal", await Client.SendAsync("POST", "/api/v1/deals", new { id = (Guid)deal["id"]!, name = "Twin" })),
            ("CreateDeal", await Client.SendAsync("POST", "/api/v1/deals", new { nme = "x", amount = 5 })),
            ("GetDealBoard", await Client.SendAsync("POST", "/api/v1/deals/board", new { expand = new[] { "company" } })),
            ("GetDealBoard", await Client.SendAsync("POST", "/api/v1/deals/board", new { pipelineId = (Guid?)null, filter = (object?)null, fields = (object?)null, limit = (int?)null })),
            ("GetStageHistory", await Client.SendAsync("GET", path + "/stage-history")),
            ("AggregateRecords", await Client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", groupBy = new[] { new { field = "createdAt", bucket = (string?)"month" }, new { field = "status", bucket = (string?)null } }, measures = new[] { new { op = "count", field = (string?)null }, new { op = "sum", field = (string?)"amount" } } })),
            ("AggregateRecords", await Client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", filter = (object?)null, groupBy = (object?)null, measures = new[] { new { op = "winRate" } } })),
            ("GetMe", await Client.SendAsync("GET", "/api/v1/me")),
            ("ListSessions", await Client.SendAsync("GET", "/api/v1/me/sessions")),
            ("RevokeSession", await Client.SendAsync("DELETE", $"/api/v1/me/sessions/{Guid.NewGuid()}")),
            ("SignIn", await Client.SendAsync("POST", "/api/v1/auth/sign-in", new { email = fixture.Tenant.Email, password = fixture.Tenant.Password })),
            ("RefreshSession", await Client.SendAsync("POST", "/api/v1/auth/refresh", new { refreshToken = "nonsense" })),
            ("SignOut", await fixture.Api.CreateClient().SendAsync("POST", "/api/v1/auth/sign-out")),
            ("ListUsers", await Client.SendAsync("GET", "/api/v1/users?expand=owner")),
            ("ListRecordTypes", await Client.SendAsync("GET", "/api/v1/meta/objects")),
            ("GetRecordType", await Client.SendAsync("GET", "/api/v1/meta/objects/deal")),
            ("ListTenants", await Client.SendAsync("GET", "/api/v1/host/tenants")),
            ("DeleteDeal", await Client.SendAsync("DELETE", path)),
        ];

        answers.SelectMany(a => document.Misfits(a.Operation, a.Answer)).ShouldBeEmpty();
        answers.Select(a => (int)a.Answer.Status).ShouldBe([200, 200, 400, 200, 304, 404, 412, 409, 400, 200, 200, 200, 200, 200, 200, 200, 404, 200, 401, 401, 200, 200, 200, 403, 204]);
    }

    [Fact]
    public async Task The_check_of_schemas_finds_what_does_not_fit()
    {
        var document = await ApiDocument.ReadAsync(fixture.Api);
        var create = document.Root["components"]!["schemas"]!["ContactCreate"]!;

        document.Schemas.Misfits(create, JsonNode.Parse("""{"firstName":"Ada","emails":[{"value":"ada@x.example"}]}""")).ShouldBeEmpty();
        foreach (var body in new[] { """{"version":1}""", """{"firstName":1}""", """{"lifecycleStage":"retired"}""", """{"companyId":"x"}""", """{"emails":[{}]}""", """[]""" })
            document.Schemas.Misfits(create, JsonNode.Parse(body)).ShouldNotBeEmpty(body);
    }

    private static IEnumerable<JsonNode> Media(ApiDocument document, DocumentedOperation operation) =>
        new[] { operation.Node["requestBody"] }
            .Concat(operation.Node["responses"]!.AsObject().Select(r => r.Value!["$ref"] is { } reference ? document.Schemas.Resolve(reference) : r.Value))
            .SelectMany(node => node?["content"]?.AsObject().Select(m => m.Value!) ?? []);
}
