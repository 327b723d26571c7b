using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Api.Hosting;
using Crm.Application.Records;
using Crm.Isolation.Tests.Catalog;
using Crm.Isolation.Tests.Statements;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Probing;

/// <summary>All operations, probed once, with everything that was answered, logged and sent to the database.</summary>
public sealed class ProbedFixture : IAsyncLifetime
{
    private readonly SqlRecorder _recorder = new();

    internal TwoTenants Tenants { get; private set; } = null!;

    internal IReadOnlyList<ProbedOperation> Operations { get; private set; } = [];

    internal Prober Prober { get; private set; } = null!;

    internal IReadOnlyList<string> Findings { get; private set; } = [];

    internal IReadOnlyList<SqlTrip> Trips { get; private set; } = [];

    internal IReadOnlyList<string> TenantTables { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Tenants = await TwoTenants.StartAsync(
            (services, database) => services.AddSingleton(_ => _recorder.Watch(database.AppConnectionString)), app => app.UseCrm());
        Operations = new EndpointOperations(Tenants.Api).Read();
        Prober = Tenants.NewProber();
        Findings = await Prober.ProbeAsync(Operations);
        Trips = _recorder.Take();
        TenantTables = await new CatalogCheck(Tenants.Superuser).TenantTablesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Tenants.DisposeAsync();
        _recorder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class ProbedApi : ICollectionFixture<ProbedFixture>
{
    public const string Name = "probed API";
}

[Collection(ProbedApi.Name)]
public sealed class ProberTests(ProbedFixture probed)
{
    [Fact]
    public void Another_tenant_s_ids_are_answered_as_random_ones_by_every_operation_and_its_rows_stay_as_they_are()
    {
        probed.Findings.ShouldBeEmpty();
        probed.Operations.Count.ShouldBeGreaterThan(40);
        probed.Prober.Places.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own() =>
        probed.Operations.GroupBy(o => o.Name).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();

    [Fact]
    public void Every_statement_says_the_tenant_for_each_of_its_tables()
    {
        var check = new TenantPredicate(probed.TenantTables);
        var texts = probed.Trips.SelectMany(t => t.Statements).Select(s => s.Text).Distinct().ToList();

        texts.Count.ShouldBeGreaterThan(100);
        texts.SelectMany(check.Findings).ShouldBeEmpty();
    }

    [Fact]
    public void The_tenant_is_set_in_every_trip_that_is_no_transaction_of_its_own()
    {
        // Within a transaction it was set when that began; what comes alone and names a tenant's table without it would read nothing.
        var tables = new Regex($@"\b({string.Join('|', probed.TenantTables)})\b");
        var alone = probed.Trips.Where(t => !t.InTransaction && t.Statements.Any(s => tables.IsMatch(s.Text))).ToList();

        alone.Count.ShouldBeGreaterThan(100);
        alone.Where(t => !SetsTenant(t.Statements[0])).Select(t => t.Statements[0].Text).Distinct().ShouldBeEmpty();
        probed.Trips.Count(t => t.InTransaction && SetsTenant(t.Statements[0])).ShouldBeGreaterThan(20);
        probed.Trips.SelectMany(t => t.Statements).ShouldNotContain(s => s.Text.Contains("set_config", StringComparison.Ordinal) && !s.Text.Contains("true)", StringComparison.Ordinal), "a setting must end with its transaction");
    }

    private static bool SetsTenant(SqlSent statement) => statement.Text.Contains("set_config('app.tenant_id'", StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_of_another_tenant_stands_in_any_answer_or_in_the_log()
    {
        var (own, other) = (probed.Tenants.Own, probed.Tenants.Other);
        var answers = probed.Prober.Transcript.Select(t => (t.Place, Asked: t.Asked.Text, t.Got)).ToList();
        foreach (var (path, body) in Questions(other.Marks.Mark))
        {
            var answer = await own.Tenant.Client.SendAsync(body is null ? "GET" : "POST", path, body);
            answers.Add((path, path + body?.ToJsonString(), answer));
        }

        var ids = await OtherIdsAsync();
        var findings = answers.SelectMany(a =>
        {
            var text = a.Got.Text + string.Join('\n', a.Got.Headers.Values);
            return other.Marks.In(text).Where(mark => !a.Asked.Contains(mark, StringComparison.Ordinal)).Concat(ProbedIds.In(text).Where(id => ids.Contains(id) && !a.Asked.Contains(id, StringComparison.Ordinal))).Select(found => $"{a.Place}: {found}");
        });

        findings.ShouldBeEmpty();
        probed.Tenants.Log.Lines.SelectMany(line => other.Marks.In(line).Concat(own.Marks.In(line)).Select(found => $"{found} in {line}")).ShouldBeEmpty();
        probed.Tenants.Log.Lines.Count.ShouldBeGreaterThan(100);
        answers.Count(a => (int)a.Got.Status == 200).ShouldBeGreaterThan(300);
    }

    [Fact]
    public async Task The_search_finds_what_is_there()
    {
        var other = probed.Tenants.Other;
        var answers = new List<Answer>();
        foreach (var (path, body) in Questions(other.Marks.Mark))
            answers.Add(await other.Tenant.Client.SendAsync(body is null ? "GET" : "POST", path, body));

        answers.ShouldAllBe(a => (int)a.Status == 200);
        answers.SelectMany(a => other.Marks.In(a.Text)).Distinct().Count().ShouldBeGreaterThan(100);
        (await OtherIdsAsync()).Count.ShouldBeGreaterThan(30);
    }

    // All there is to be had, once without and once with a question for the other tenant's texts.
    private IEnumerable<(string Path, JsonNode? Body)> Questions(string mark)
    {
        yield return ("/api/v1/me", null);
        yield return ("/api/v1/meta/objects", null);
        yield return ("/openapi/v1.json", null);
        foreach (var type in probed.Tenants.Api.Services.GetRequiredService<RecordModel>().All)
        {
            var expand = string.Join(',', type.Relations.Select(r => r.Name));
            var path = $"/api/v1/{type.Path}?limit=200&count=exact&expand={expand}";
            yield return (path, null);
            if (type.Fields.Any(f => f.Name == "deletedAt" && f.Filterable))
                yield return (path + "&filter[deletedAt][isNull]=false", null);
            foreach (var field in type.Fields.Where(f => f is { Kind: FieldKind.Text, Filterable: true }))
            {
                yield return ($"{path}&filter[{field.Name}][contains]={mark}", null);
                yield return ($"{path}&filter[{field.Name}][startsWith]={mark}", null);
            }

            foreach (var relation in type.Relations.Where(r => r.Target.Field("name") is not null))
                yield return ($"{path}&filter[{relation.Name}.name][contains]={mark}&sort={relation.Name}.name", null);
            foreach (var field in type.Fields.Where(f => f is { Kind: FieldKind.Text, Filterable: true, Sortable: true } && type.Name != "user"))
            {
                yield return ("/api/v1/reports/aggregate", new JsonObject
                {
                    ["recordType"] = type.Name,
                    ["groupBy"] = new JsonArray(new JsonObject { ["field"] = field.Name }),
                    ["measures"] = new JsonArray(new JsonObject { ["op"] = "count" }),
                });
            }
        }

        yield return ("/api/v1/deals/board", new JsonObject { ["limit"] = 200 });
    }

    private async Task<HashSet<string>> OtherIdsAsync()
    {
        var ids = new HashSet<string> { probed.Tenants.Other.Tenant.Id.ToString() };
        foreach (var table in probed.TenantTables)
        {
            // Ids that the one tenant chose for its own records, as the prober does, are its own.
            var rows = await probed.Tenants.Superuser.ListAsync(
                $"SELECT to_jsonb(t) ->> 'id' FROM {table} t WHERE tenant_id = $1 AND to_jsonb(t) ? 'id' AND NOT EXISTS (SELECT FROM {table} o WHERE o.tenant_id = $2 AND to_jsonb(o) ->> 'id' = to_jsonb(t) ->> 'id')",
                r => r.GetString(0), probed.Tenants.Other.Tenant.Id, probed.Tenants.Own.Tenant.Id);
            ids.UnionWith(rows);
        }

        return ids;
    }
}
