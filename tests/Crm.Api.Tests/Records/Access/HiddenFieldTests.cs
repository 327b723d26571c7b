using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Imports;
using Crm.Application.Records;
using Crm.Domain.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>
/// A field that a role hides is as unknown as one that does not exist: whatever is asked about it is answered in the words in which the
/// same is
/// answered about a field that never was. Made from the descriptions, so that a new field or operator is asked about too.
/// </summary>
[Collection(Restricted.Name)]
public sealed class HiddenFieldTests(RestrictedFixture fixture)
{
    private const string Unknown = "neverWas";
    private static readonly string[] Kept = ["id", "version", "createdAt", "updatedAt", "deletedAt", "ownerId"];
    private static readonly string[] Operators = [.. Enum.GetNames<FilterOperator>().Select(JsonNamingPolicy.CamelCase.ConvertName), "nonsense"];

    public static TheoryData<string> Collections => [.. RestrictedFixture.Restrictable];

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task Questions_about_a_hidden_field_are_answered_as_about_one_that_never_was(string plural)
    {
        var type = Type(plural);
        var me = await fixture.NewPersonAsync();
        var id = await fixture.MakeAsync(plural, me.Id);
        foreach (var field in Business(type))
        {
            fixture.Restrict(me, FieldRules.None, $"{plural}.{field.Name}");
            foreach (var (collection, path) in PathsTo(type))
            {
                foreach (var (method, question, body) in Questions(collection, path + field.Name))
                    await ShouldBeAsUnknownAsync(me, method, question, body, path + field.Name, path + Unknown);
            }

            if (field.Relation is { } relation)
            {
                foreach (var question in new[] { $"{plural}?expand={relation.Name}", $"{plural}/{id}?expand={relation.Name}", $"{plural}?fields={relation.Name}.id", $"{plural}?sort={relation.Name}.createdAt", $"{plural}?filter[{relation.Name}.id][isNull]=true" })
                    await ShouldBeAsUnknownAsync(me, "GET", question, null, relation.Name, Unknown);
            }

            await ShouldBeAsUnknownAsync(me, "GET", $"{plural}/{id}?fields={field.Name}", null, field.Name, Unknown);
            await ShouldBeAsUnknownAsync(me, "PATCH", $"{plural}/{id}", new Dictionary<string, object?> { [field.Name] = null }, field.Name, Unknown);
            if (!field.IsRequired)
                await ShouldBeAsUnknownAsync(me, "POST", plural, new Dictionary<string, object?> { ["lastName"] = "x", ["name"] = "x", [field.Name] = 1 }, field.Name, Unknown);
        }
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task Imports_do_not_know_a_hidden_field(string plural)
    {
        var type = Type(plural);
        var me = await fixture.NewPersonAsync();
        foreach (var field in Business(type).Where(f => !f.IsRequired))
        {
            fixture.Restrict(me, FieldRules.None, $"{plural}.{field.Name}");
            foreach (var make in new Func<string, object>[]
            {
                name => new { columns = new object[] { new { field = name, column = "a" } } },
                name => new { key = name, columns = new object[] { new { field = "ownerId", column = "a" } } },
                name => new { key = name, columns = new object[] { new { field = name, column = "a" } } },
            })
            {
                var answer = await me.Client.ImportAsync("a\nx\n", type.Name, make(field.Name));
                var expected = await me.Client.ImportAsync("a\nx\n", type.Name, make(Unknown));
                expected.Status.ShouldBe(HttpStatusCode.BadRequest);
                RestrictedFixture.Told(answer, field.Name).ShouldBe(RestrictedFixture.Told(expected, field.Name, Unknown), field.Name);
            }
        }

        // Records that others refer to by a hidden field are not found by it, nor is it among what is offered.
        foreach (var relation in fixture.Types.All.Where(t => RestrictedFixture.Restrictable.Contains(t.Plural)).SelectMany(t => t.Relations.Where(r => r.Target == type).Select(r => (From: t, r.Key))))
        {
            foreach (var field in Business(type).Where(f => f.IsIdentifying))
            {
                fixture.Restrict(me, FieldRules.None, $"{plural}.{field.Name}");
                object Mapping(string by) => new { key = "id", columns = new object[] { new { field = "id", column = "a" }, new { field = relation.Key.Name, column = "a", lookup = by } } };
                var answer = await me.Client.ImportAsync("a\nx\n", relation.From.Name, Mapping(field.Name));
                answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
                RestrictedFixture.Told(answer).ShouldBe(RestrictedFixture.Told(await me.Client.ImportAsync("a\nx\n", relation.From.Name, Mapping(Unknown))));
                answer.Body!["errors"]![0]!["message"]!.GetValue<string>().Split([' ', ',', '.', ':']).ShouldNotContain(field.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task The_record_types_tell_of_what_a_member_may_see_and_set(string plural)
    {
        var type = Type(plural);
        var me = await fixture.NewPersonAsync();
        foreach (var field in Business(type))
        {
            fixture.Restrict(me, FieldRules.None, $"{plural}.{field.Name}");
            foreach (var told in new[] { (await me.Client.SendAsync("GET", "/api/v1/meta/objects/" + type.Name)).Body!, (await me.Client.SendAsync("GET", "/api/v1/meta/objects")).Body!["data"]!.AsArray().Single(t => (string)t!["name"]! == type.Name)! })
            {
                told["fields"]!.AsArray().ShouldNotContain(f => (string)f!["name"]! == field.Name || type.Field((string)f["name"]!)!.Tells.Contains(field.Name));
                told["relations"]!.AsArray().ShouldNotContain(r => (string)r!["field"]! == field.Name);
            }

            fixture.Restrict(me, FieldRules.Read, $"{plural}.{field.Name}");
            var readOnly = (await me.Client.SendAsync("GET", "/api/v1/meta/objects/" + type.Name)).Body!["fields"]!.AsArray().Single(f => (string)f!["name"]! == field.Name)!;
            readOnly["readOnly"]!.GetValue<bool>().ShouldBeTrue(field.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task A_field_to_be_read_alone_is_refused_as_what_the_system_keeps_and_stays_as_it_is(string plural)
    {
        var type = Type(plural);
        var me = await fixture.NewPersonAsync();
        var id = await fixture.MakeAsync(plural, me.Id);
        foreach (var field in Business(type))
        {
            fixture.Restrict(me, FieldRules.Read, $"{plural}.{field.Name}");
            var before = (await fixture.Owner.SendAsync("GET", $"/api/v1/{plural}/{id}")).Body![field.Name]?.ToJsonString();
            var patched = await me.Client.SendAsync("PATCH", $"/api/v1/{plural}/{id}", new Dictionary<string, object?> { [field.Name] = "x" });
            patched.Faults.ShouldBe([$"/{field.Name} read_only"]);
            var created = await me.Client.SendAsync("POST", "/api/v1/" + plural, new Dictionary<string, object?> { [field.Name] = "x" });
            if (field.IsRequired)
                created.Code.ShouldBe("field_restricted");
            else
                created.Faults.ShouldContain($"/{field.Name} read_only");
            if (!field.IsRequired && field.Write != FieldWrite.Never)
            {
                var import = await me.Client.ImportAsync("a\nx\n", type.Name, new { key = "id", columns = new object[] { new { field = "id", column = "a" }, new { field = field.Name, column = "a" } } });
                import.Faults.ShouldContain("/mapping/columns/1/field unknown_field");
            }

            // What is not sent is left alone, and is there to be read.
            var touched = await me.Client.SendAsync("PATCH", $"/api/v1/{plural}/{id}", new { ownerId = (Guid?)(field.Name.Length % 2 == 0 ? me.Id : null) });
            touched.Status.ShouldBe(HttpStatusCode.OK, touched.Text);
            touched.Body!.AsObject().ContainsKey(field.Name).ShouldBeTrue();
            touched.Body[field.Name]?.ToJsonString().ShouldBe(before);
        }
    }

    [Fact]
    public void Fields_that_tell_others_name_fields_that_there_are()
    {
        foreach (var type in fixture.Types.All)
            type.Fields.SelectMany(f => f.Tells).Where(told => type.Field(told) is null).ShouldBeEmpty(type.Name);
        Type("deals").Field("weightedAmount")!.Tells.ShouldContain("amount");
    }

    [Fact]
    public async Task Without_a_field_it_needs_an_answer_is_refused_as_a_whole()
    {
        var me = await fixture.NewPersonAsync();
        var deal = await fixture.MakeAsync("deals", me.Id);
        var stageId = (Guid)(await fixture.Owner.SendAsync("GET", $"/api/v1/deals/{deal}")).Body!["stageId"]!;

        // Whoever knows the stage knows the status, so that both are hidden with the status.
        foreach (var field in new[] { "deals.stageId", "deals.status", "deals.pipelineId" })
        {
            fixture.Restrict(me, FieldRules.None, field);
            (await me.Client.SendAsync("POST", "/api/v1/deals/board", new { })).Code.ShouldBe("field_restricted");
            (await me.Client.SendAsync("GET", $"/api/v1/deals/{deal}/stage-history")).Code.ShouldBe("field_restricted");
            (await me.Client.SendAsync("POST", $"/api/v1/deals/{deal}/move", new { stageId })).Faults.ShouldBe(["/stageId unknown_member"]);
        }

        fixture.Restrict(me, FieldRules.None, "deals.boardRank");
        (await me.Client.SendAsync("POST", "/api/v1/deals/board", new { })).Code.ShouldBe("field_restricted");
        fixture.Restrict(me, FieldRules.Read, "deals.stageId");
        (await me.Client.SendAsync("POST", $"/api/v1/deals/{deal}/move", new { stageId })).Faults.ShouldBe(["/stageId read_only"]);
        fixture.Restrict(me, FieldRules.None, "deals.status");
        var rate = await me.Client.SendAsync("POST", "/api/v1/reports/aggregate", new { recordType = "deal", measures = new[] { new { op = "winRate" } } });
        rate.Faults.ShouldBe(["/measures/0/op invalid_choice"]);
        await fixture.Owner.CreateAsync("deals", new { name = "Summed", amount = new { amount = "77", currency = "EUR" } });
        (await fixture.Owner.SendAsync("POST", "/api/v1/deals/board", new { })).Body!["columns"]!.AsArray().ShouldContain(c => c!["amounts"]!.AsArray().Count > 0);
        fixture.Restrict(me, FieldRules.None, "deals.amount");
        var board = await me.Client.SendAsync("POST", "/api/v1/deals/board", new { });
        board.Status.ShouldBe(HttpStatusCode.OK, board.Text);
        board.Body!["columns"]!.AsArray().ShouldAllBe(c => c!["amounts"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task A_cursor_made_while_a_field_was_shown_does_not_outlive_that()
    {
        var me = await fixture.NewPersonAsync();
        await fixture.MakeAsync("products", me.Id, "A");
        await fixture.MakeAsync("products", me.Id, "B");
        var cursor = (await me.Client.SendAsync("GET", "/api/v1/products?sort=price&limit=1")).Body!["page"]!["nextCursor"];

        fixture.Restrict(me, FieldRules.None, "products.price");
        (await me.Client.SendAsync("GET", $"/api/v1/products?sort=price&limit=1&cursor={cursor}")).Faults.ShouldBe(["sort unknown_field"]);
        (await me.Client.SendAsync("GET", $"/api/v1/products?limit=1&cursor={cursor}")).Faults.ShouldBe(["cursor invalid_cursor"]);
    }

    [Fact]
    public async Task Members_with_rules_and_without_are_never_served_from_each_others_memory()
    {
        var me = await fixture.NewPersonAsync();
        var company = (Guid)(await fixture.Owner.CreateAsync("companies", new { name = "Shared", city = "Bern" }))["id"]!;
        var contact = (Guid)(await fixture.Owner.CreateAsync("contacts", new { lastName = "Shared", companyId = company }))["id"]!;
        fixture.Restrict(me, FieldRules.None, "companies.city");
        foreach (var path in new[] { $"companies/{company}", $"contacts/{contact}?expand=company", "contacts?expand=company", "companies", $"companies/{company}?fields=name" })
        {
            for (var i = 0; i < 2; i++)
            {
                (await me.Client.SendAsync("GET", "/api/v1/" + path)).Text.ShouldNotContain("Bern");
                (await fixture.Owner.SendAsync("GET", "/api/v1/" + path)).Text.Contains("Bern", StringComparison.Ordinal).ShouldBe(!path.Contains("fields", StringComparison.Ordinal), path);
            }
        }

        var answer = await me.Client.SendAsync("GET", $"/api/v1/companies/{company}");
        answer.Headers["ETag"].ShouldBe("\"1\"");
        (await me.Client.SendAsync("GET", $"/api/v1/companies/{company}", null, ("If-None-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.NotModified);
        (await me.Client.SendAsync("PATCH", $"/api/v1/companies/{company}", new { name = "Renamed" }, ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.OK);
        (await fixture.Owner.SendAsync("GET", $"/api/v1/companies/{company}")).Body!["city"]!.GetValue<string>().ShouldBe("Bern");
    }

    private RecordType Type(string plural) => fixture.Types.All.Single(t => t.Plural == plural);

    private static IEnumerable<Field> Business(RecordType type) => type.Fields.Where(f => !Kept.Contains(f.Name));

    /// <summary>The ways to a type's fields: its own collection, and every relation that leads to it.</summary>
    private IEnumerable<(RecordType Collection, string Path)> PathsTo(RecordType type) => fixture.Types.All
        .SelectMany(t => t.Relations.Where(r => r.Target == type).Select(r => (t, r.Name + ".")))
        .Append((fixture.Types.All.Single(t => t.Name == "deal"), type.Name == "company" ? "contact.company." : ""))
        .Where(p => p.Item2.Length > 0).Prepend((type, ""));

    private static IEnumerable<(string Method, string Question, object? Body)> Questions(RecordType type, string field)
    {
        foreach (var question in new[] { $"fields={field}", $"fields=id,{field}", $"sort={field}", $"sort=-{field},id", $"filter[{field}]=x" }.Concat(Operators.Select(op => $"filter[{field}][{op}]=x")))
            yield return ("GET", $"{type.Plural}?{question}", null);

        object[] filters =
        [
            .. Operators.Select(op => Filter(field, op)), new { not = Filter(field, "eq") }, new { or = new[] { Filter(field, "isNull"), Filter("id", "isNull") } }, new { and = new[] { new { not = Filter(field, "gt") } } },
        ];
        foreach (var filter in filters)
        {
            yield return ("POST", type.Plural + "/query", new { filter });
            yield return ("POST", "reports/aggregate", new { recordType = type.Name, filter, measures = new[] { new { op = "count" } } });
            if (type.Name == "deal")
                yield return ("POST", "deals/board", new { filter });
        }

        yield return ("POST", type.Plural + "/query", new { sort = new[] { field }, fields = new[] { field } });
        yield return ("POST", "reports/aggregate", new { recordType = type.Name, groupBy = new[] { new { field } }, measures = new[] { new { op = "count" } } });
        foreach (var bucket in new[] { "day", "year" })
            yield return ("POST", "reports/aggregate", new { recordType = type.Name, groupBy = new[] { new { field, bucket } }, measures = new[] { new { op = "count" } } });
        foreach (var op in new[] { "sum", "avg", "min", "max" })
            yield return ("POST", "reports/aggregate", new { recordType = type.Name, measures = new[] { new { op, field } } });
        if (type.Name == "deal")
            yield return ("POST", "deals/board", new { fields = new[] { field } });
    }

    private static Dictionary<string, object> Filter(string field, string op) => new() { [field] = new Dictionary<string, object> { [op] = "x" } };

    private static async Task ShouldBeAsUnknownAsync(Person me, string method, string question, object? body, string name, string unknown)
    {
        var other = body is null ? null : JsonNode.Parse(JsonSerializer.Serialize(body).Replace($"\"{name}\"", $"\"{unknown}\"", StringComparison.Ordinal));
        var answer = await me.Client.SendAsync(method, "/api/v1/" + question, body);
        var expected = await me.Client.SendAsync(method, "/api/v1/" + Renamed(question, name, unknown), other);

        expected.Status.ShouldBe(HttpStatusCode.BadRequest, $"{method} {question} {expected.Text}");
        Named(RestrictedFixture.Told(answer), name).ShouldBe(Named(RestrictedFixture.Told(expected), unknown), $"{method} {question} {JsonSerializer.Serialize(body)}");
    }

    // The name stands behind a sign, a comma or a bracket; in a collection's own name it is left alone.
    private static string Renamed(string question, string name, string unknown)
    {
        var parts = question.Split('?', 2);
        return parts.Length == 1 ? question : $"{parts[0]}?{string.Join('&', parts[1].Split('&').Select(p => p.Replace("=" + name, "=" + unknown, StringComparison.Ordinal).Replace("=-" + name, "=-" + unknown, StringComparison.Ordinal).Replace("," + name, "," + unknown, StringComparison.Ordinal).Replace("[" + name, "[" + unknown, StringComparison.Ordinal)))}";
    }

    private static string Named(string told, string name) =>
        new[] { "'", "'-", "/", "[" }.Aggregate(told, (text, before) => text.Replace(before + name, before + "*", StringComparison.Ordinal));
}
