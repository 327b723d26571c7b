using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Roles;

/// <summary>What is explained is what happens: roles × operations × records × fields, each asked about and then done.</summary>
public sealed class ExplainedMatrixTests : IAsyncLifetime
{
    private static readonly string[] All = ["deals:read", "deals:write", "deals:delete", "deals:purge"];

    // What each role has beside its permissions.
    private static readonly (string[] Permissions, Dictionary<string, string> Scopes, Dictionary<string, string> Fields)[] Roles =
    [
        (All, [], []),
        (["deals:read"], [], []),
        (["deals:write", "deals:delete"], [], []),
        (All, new() { ["deals:read"] = "own" }, []),
        (All, new() { ["deals:read"] = "team" }, []),
        (All, new() { ["deals:read"] = "team", ["deals:write"] = "own", ["deals:delete"] = "own", ["deals:purge"] = "own" }, []),
        (All, new() { ["deals:write"] = "team", ["deals:delete"] = "team", ["deals:purge"] = "own" }, []),
        (All, new() { ["deals:write"] = "own" }, new() { ["deals.amount"] = "none" }),
        (All, [], new() { ["deals.amount"] = "read", ["deals.closeReason"] = "none" }),
        (["deals:read"], [], new() { ["deals.amount"] = "read" }),
    ];

    private ApiHost _host = null!;
    private TestTenant _tenant = null!;

    private HttpClient Owner => _tenant.Client;

    public async ValueTask InitializeAsync()
    {
        // Nothing is remembered, so that question and deed meet the same access.
        _host = await ApiHost.StartAsync(("Access:CacheFor", "00:00:00"));
        _tenant = await _host.CreateTenantAsync("acme");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_is_explained_is_what_the_api_does()
    {
        var (mate, stranger) = (await _host.AddAsync(_tenant, "viewer"), await _host.AddAsync(_tenant, "viewer"));
        var stage = (await Owner.SendAsync("GET", "/api/v1/stages?filter[kind]=open&limit=1")).Ids[0];
        var differences = new List<string>();
        var verdicts = new HashSet<string>();
        foreach (var (permissions, scopes, fields) in Roles)
        {
            var someone = await _host.AddWithAsync(_tenant, permissions, scopes, fields);
            await Owner.CreateTeamAsync(someone.Id, mate.Id);
            foreach (var operation in Operations)
            {
                foreach (var ownerId in new Guid?[] { someone.Id, mate.Id, stranger.Id, null })
                {
                    var deal = await Owner.CreateAsync("deals", new { name = "Looms", stageId = stage, ownerId, amount = new { amount = "10.00", currency = "EUR" }, closeReason = "Price" });
                    var explained = await Owner.SendAsync("GET", $"/api/v1/admin/explain?userId={someone.Id}&recordType=deal&recordId={deal["id"]}&{operation.Question}");
                    var (method, path, body) = operation.Act((Guid)deal["id"]!);
                    var done = await someone.Client.SendAsync(method, path, body);
                    var expected = Expected(explained);
                    verdicts.Add($"{explained.Body!["decidedBy"]} {explained.Body["allowed"]}");
                    if (expected != ((int)done.Status < 300 ? "OK" : $"{(int)done.Status} {done.Code}"))
                        differences.Add($"{string.Join(',', permissions)} {string.Join(',', scopes)} {string.Join(',', fields)} {operation.Question} of {ownerId}: {explained.Text} but {(int)done.Status} {done.Text}");
                }
            }
        }

        differences.ShouldBeEmpty();
        verdicts.ShouldBe(
        [
            "permission_held false", "field_readable false", "field_writable false",
            "record_in_read_scope false", "record_in_scope false", "record_in_scope true",
        ], ignoreOrder: true);
    }

    private static IEnumerable<Asked> Operations =>
    [
        new("permission=deals:read", id => ("GET", $"/api/v1/deals/{id}", null)),
        new("permission=deals:read&field=amount", id => ("GET", $"/api/v1/deals/{id}?fields=id,amount", null)),
        new("permission=deals:read&field=closeReason", id => ("GET", $"/api/v1/deals/{id}?fields=id,closeReason", null)),
        new("permission=deals:write&field=name", id => ("PATCH", $"/api/v1/deals/{id}", new { name = "Looms" })),
        new("permission=deals:write&field=amount", id => ("PATCH", $"/api/v1/deals/{id}", new { amount = new { amount = "20.00", currency = "EUR" } })),
        new("permission=deals:write&field=closeReason", id => ("PATCH", $"/api/v1/deals/{id}", new { closeReason = "Time" })),
        new("permission=deals:delete", id => ("DELETE", $"/api/v1/deals/{id}", null)),
    ];

    private static string Expected(Answer explained) => ((string)explained.Body!["decidedBy"]!, (bool)explained.Body["allowed"]!, (string)explained.Rules()[^1]!["reason"]!) switch
    {
        (_, true, _) => "OK",
        ("permission_held", _, _) => "403 permission_missing",
        ("record_in_read_scope", _, _) => "404 not_found",
        ("record_in_scope", _, var reason) => reason.Contains("deals:read", StringComparison.Ordinal) ? "404 not_found" : "403 record_out_of_scope",
        _ => "400 validation_failed",
    };

    private sealed record Asked(string Question, Func<Guid, (string Method, string Path, object? Body)> Act);
}
