using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Tests.Imports;
using Crm.Api.Tests.OpenApi;
using Crm.Application.Records;
using Crm.Domain.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>
/// Every operation about records, as the API's document lists them, is called by members from whom something is hidden; nothing of it may
/// turn up in
/// any answer. An operation that is not known here fails the test.
/// </summary>
[Collection(Restricted.Name)]
public sealed class LeakTests(RestrictedFixture fixture)
{
    private static readonly string[] Concerned = [.. RestrictedFixture.Restrictable, "reports", "imports", "jobs", "meta", "search", "typeahead", "changes", "admin/audit", "admin/explain"];

    [Theory]
    [InlineData("companies")]
    [InlineData("contacts")]
    [InlineData("deals")]
    [InlineData("products")]
    public async Task No_answer_shows_a_hidden_field(string plural)
    {
        var me = await fixture.NewPersonAsync();
        var canaries = await Canaries.MakeAsync(fixture.Owner, fixture.Types, me.Id);
        var operations = (await ApiDocument.ReadAsync(fixture.Api)).Operations.Where(o => IsConcerned(o.Path)).ToList();
        var type = fixture.Types.All.Single(t => t.Plural == plural);
        var job = await ForeignJobAsync(canaries, type);
        var values = 0;
        foreach (var field in type.Fields.Where(f => f.Name is not ("id" or "version" or "createdAt" or "updatedAt" or "deletedAt" or "ownerId")))
        {
            fixture.Restrict(me, FieldRules.None, $"{plural}.{field.Name}");
            values += canaries.Values(type, field).Count();
            foreach (var operation in operations)
            {
                foreach (var (path, body, headers) in Requests(operation.Id, operation.Path, canaries, type, field, me, job))
                {
                    var answer = await me.Client.SendAsync(operation.Method, path, body, headers);
                    ((int)answer.Status).ShouldBeLessThan(500, answer.Text);
                    canaries.Traces(answer, type, field).ShouldBeEmpty($"{plural}.{field.Name}: {operation.Method} {path} {(int)answer.Status} {answer.Text}");
                }
            }
        }

        // The test must be able to find something.
        values.ShouldBeGreaterThan(3);
        var shown = await fixture.Owner.SendAsync("GET", $"/api/v1/{plural}/{canaries.Records[plural]["id"]}");
        type.Fields.Where(f => canaries.Values(type, f).Any()).ShouldAllBe(f => canaries.Traces(shown, type, f).Any());
    }

    [Fact]
    public async Task No_answer_shows_anything_of_someone_elses_record()
    {
        var other = await fixture.NewPersonAsync();
        var me = await fixture.NewScopedAsync(["read"]);
        var canaries = await Canaries.MakeAsync(fixture.Owner, fixture.Types, other.Id);
        var mine = await MineAsync(me, canaries);
        var operations = (await ApiDocument.ReadAsync(fixture.Api)).Operations.Where(o => IsConcerned(o.Path)).ToList();
        foreach (var type in RestrictedFixture.Restrictable.Select(p => fixture.Types.All.Single(t => t.Plural == p)))
        {
            var job = await ForeignJobAsync(canaries, type);
            foreach (var operation in operations)
            {
                foreach (var (path, body, headers) in Requests(operation.Id, operation.Path, canaries, type, null, me, job))
                {
                    var answer = await me.Client.SendAsync(operation.Method, path, body, headers);
                    foreach (var (plural, record) in canaries.Records)
                    {
                        var canary = fixture.Types.All.Single(t => t.Plural == plural);
                        foreach (var field in canary.Fields.Where(f => f.Name is not ("id" or "version" or "createdAt" or "updatedAt" or "deletedAt" or "ownerId")))
                            canaries.Traces(answer, canary, field).ShouldBeEmpty($"{plural}.{field.Name}: {operation.Method} {path} {(int)answer.Status} {answer.Text}");
                    }
                }
            }
        }

        (await me.Client.SendAsync("GET", $"/api/v1/contacts/{mine}?expand=company")).Body!["company"].ShouldBeNull();
    }

    private static bool IsConcerned(string path) => Concerned.Any(part => path == "/api/v1/" + part || path.StartsWith($"/api/v1/{part}/", StringComparison.Ordinal));

    /// <summary>A record of one's own that refers to what is someone else's.</summary>
    private async Task<Guid> MineAsync(Person me, Canaries canaries)
    {
        var company = (Guid)canaries.Records["companies"]["id"]!;
        await fixture.Owner.CreateAsync("deals", new { name = "Mine", ownerId = me.Id, companyId = company, contactId = (Guid)canaries.Records["contacts"]["id"]!, productId = (Guid)canaries.Records["products"]["id"]! });
        await fixture.Owner.CreateAsync("companies", new { name = "Mine", ownerId = me.Id, parentId = company });
        return (Guid)(await fixture.Owner.CreateAsync("contacts", new { lastName = "Mine", ownerId = me.Id, companyId = company }))["id"]!;
    }

    /// <summary>An import of someone else's, whose file holds the canary's values in rows that are refused.</summary>
    private async Task<string> ForeignJobAsync(Canaries canaries, RecordType type)
    {
        var texts = type.Fields.Where(f => f is { Kind: FieldKind.Text, Write: FieldWrite.Always }).ToList();
        var columns = texts.Select(f => (object)new { field = f.Name, column = f.Name }).Append(new { field = "ownerId", column = "owner" }).ToList();
        var row = string.Join(',', texts.Select(f => (string?)canaries.Records[type.Plural][f.Name]).Append("not an id"));
        var accepted = await fixture.Owner.ImportAsync($"{string.Join(',', texts.Select(f => f.Name))},owner\n{row}\n", type.Name, new { columns });
        accepted.Status.ShouldBe(HttpStatusCode.Accepted, accepted.Text);
        await fixture.Owner.EndOfAsync(accepted.Headers["Location"]);
        (await fixture.Owner.SendAsync("GET", accepted.Headers["Location"] + "/errors")).Body!["data"]!.AsArray().Count.ShouldBe(1);
        return accepted.Headers["Location"].Split('/')[^1];
    }

    private IEnumerable<(string Path, object? Body, (string, string)[] Headers)> Requests(
        string operation, string path, Canaries canaries, RecordType type, Field? hidden, Person me, string job)
    {
        (string, object?, (string, string)[]) Ask(string to, object? body = null, params (string, string)[] headers) => (to, body, headers);
        var of = fixture.Types.All.FirstOrDefault(t => path.Split('/')[3] == t.Plural);
        var item = of is not null && canaries.Records.TryGetValue(of.Plural, out var record) ? path.Replace("{id}", (string)record["id"]!, StringComparison.Ordinal) : path.Replace("{id}", job, StringComparison.Ordinal);
        string[] expand = of is null ? [] : [.. of.Relations.Where(r => r.Key != hidden && (hidden is null || !r.Key.Tells.Contains(hidden.Name))).SelectMany(r => r.Target == of || r.Target.Name == "user" ? [r.Name] : new[] { r.Name }.Concat(r.Target.Relations.Where(n => n.Key != hidden && n.Target.Name == "company").Select(n => $"{r.Name}.{n.Name}")))];
        var stale = ("If-Match", "\"99\"");
        var verb = of is null ? operation : operation.Replace(Plural(of), "", StringComparison.Ordinal).Replace(Singular(of), "", StringComparison.Ordinal);
        return verb switch
        {
            "Get" => [Ask(item), Ask($"{item}?expand={string.Join(',', expand)}")],
            "List" => [Ask($"{item}?limit=200&count=exact&expand={string.Join(',', expand)}"), Ask($"{item}?filter[deletedAt][isNull]=false"), .. Sorted(of!, hidden).Select(f => Ask($"{item}?sort={f.Name}&limit=1"))],
            "Query" => [Ask(item, new { limit = 200, count = "exact", expand })],
            "Create" => [Ask(item, RestrictedFixture.Least(of!.Plural, me.Id, "New")), .. Taken(canaries, of, hidden).Select(body => Ask(item, body)), Ask(item, new { id = (Guid)canaries.Records[of.Plural]["id"]!, name = "Same", lastName = "Same" })],
            "Update" => [Ask(item, new { }), Ask(item, new { ownerId = me.Id }, stale), Ask(item, new { unknown = 1 })],
            "Delete" => [Ask(item, null, stale), Ask(item + "?purge=true", null, stale)],
            "Restore" => [Ask(item), Ask(item, null, stale)],
            "MoveDeal" or "Move" => [Ask(item, new { stageId = (Guid)canaries.Records["deals"]["stageId"]! }), Ask(item, new { stageId = (Guid)canaries.Records["deals"]["stageId"]! }, stale), Ask(item, new { stageId = Guid.CreateVersion7() })],
            "GetBoard" or "GetDealBoard" => [Ask(item, new { expand }), Ask(item, new { stageId = (Guid)canaries.Records["deals"]["stageId"]!, limit = 1 })],
            "GetStageHistory" => [Ask(item)],
            "AggregateRecords" => Figures(type, hidden).Select(body => Ask(item, body)),
            "CreateImport" => [Ask(item)],
            "GetJob" or "ListJobErrors" or "CancelJob" => [Ask(item)],
            "ListAuditEntries" => [Ask(item + "?limit=200"), .. canaries.Records.Values.Select(r => Ask($"{item}?limit=200&recordId={r["id"]}"))],
            "ExplainAccess" => new[] { "read", "write" }.Select(action => Ask($"{item}?userId={me.Id}&permission={type.Plural}:{action}&recordType={type.Name}&recordId={canaries.Records[type.Plural]["id"]}")),
            "ListRecordTypes" => [Ask(item)],
            "GetRecordType" => fixture.Types.All.Select(t => Ask(item.Replace("{name}", t.Name, StringComparison.Ordinal))),
            _ => throw new InvalidOperationException($"Say here how {operation} is called, so that it is looked at for what it shows."),
        };
    }

    // What is made of the fields that are not hidden, by themselves and through every relation.
    private IEnumerable<object> Figures(RecordType type, Field? hidden)
    {
        var count = new object[] { new { op = "count" } };
        foreach (var field in type.Fields.Where(f => f != hidden && f.Filterable && f.Kind is FieldKind.Text or FieldKind.Integer or FieldKind.Choice or FieldKind.Date or FieldKind.Id))
            yield return new { recordType = type.Name, groupBy = new[] { new { field = field.Name } }, measures = count };
        foreach (var field in type.Fields.Where(f => f != hidden && f.Filterable && f.Kind is FieldKind.Money or FieldKind.Integer))
            yield return new { recordType = type.Name, measures = new object[] { new { op = "max", field = field.Name }, new { op = "sum", field = field.Name } } };
        foreach (var (from, relation) in fixture.Types.All.SelectMany(t => t.Relations.Where(r => r.Target == type).Select(r => (t, r))))
            yield return new { recordType = from.Name, groupBy = new[] { new { field = relation.Name + (type.Name == "contact" ? ".lastName" : ".name") } }, measures = count };
        yield return new { recordType = "deal", measures = new object[] { new { op = "winRate" } } };
    }

    private static IEnumerable<Field> Sorted(RecordType type, Field? hidden) => type.Fields.Where(f => f.Sortable && f != hidden);

    private static IEnumerable<JsonObject> Taken(Canaries canaries, RecordType type, Field? hidden) => type.Fields
        .Where(f => f.IsUnique && f.Name != "id" && f != hidden)
        .Select(f => new JsonObject { ["name"] = "Same", [f.Name] = canaries.Records[type.Plural][f.Name]!.DeepClone() });

    private static string Singular(RecordType type) => char.ToUpperInvariant(type.Name[0]) + type.Name[1..];

    private static string Plural(RecordType type) => char.ToUpperInvariant(type.Plural[0]) + type.Plural[1..];
}
