using System.Text.Json;
using Crm.Api.Hosting;
using Crm.Api.Http;
using Crm.Api.Identity;
using Crm.Application.Contacts;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;
using Crm.Domain.Contacts;
using Crm.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Probing;

/// <summary>Walls of the API itself, taken down one at a time: the prober must notice.</summary>
public sealed class BrokenApiTests
{
    [Fact]
    public async Task A_header_that_overrides_the_token_s_tenant_is_noticed()
    {
        await using var tenants = await TwoTenants.StartAsync((_, _) => { }, app =>
        {
            app.UseMiddleware<SecurityHeadersMiddleware>();
            app.UseMiddleware<ProblemDetailsMiddleware>();
            app.UseRouting();
            app.UseMiddleware<CallerMiddleware>();
            app.Use(UnguardedAsync);
            app.MapEndpointGroups();
        });

        var findings = await ProbeAsync(tenants, nameof(GetContact), nameof(DeleteContact), nameof(ListContacts));

        findings.ShouldContain(f => f.StartsWith("ListContacts X-Tenant (id): the other tenant's is answered with 200", StringComparison.Ordinal), string.Join('\n', findings));
    }

    [Fact]
    public async Task An_operation_that_reads_writes_or_tells_apart_another_tenant_s_rows_is_noticed_without_being_announced()
    {
        TestDatabase? database = null;
        await using var tenants = await TwoTenants.StartAsync((_, found) => database = found, app =>
        {
            app.UseCrm();
            var contacts = app.Services.GetRequiredService<RecordModel>().Of(typeof(Contact));
            Operation Of(Type request) => new(request, "Leaks.", OperationKind.Get) { Record = contacts };
            Map(app, "reads", Of(typeof(GetContact)), "SELECT name FROM contacts WHERE id = $1", database!);
            Map(app, "writes", Of(typeof(DeleteContact)) with { Kind = OperationKind.Delete }, "UPDATE contacts SET version = version + 1 WHERE id = $1 RETURNING 'done'", database!);
            Map(app, "tells", Of(typeof(RestoreContact)) with { Kind = OperationKind.Restore }, "SELECT CASE WHEN count(*) > 0 THEN 'taken' ELSE 'free' END FROM contacts WHERE id = $1", database!);
        });

        var operations = new EndpointOperations(tenants.Api).Read().Where(o => o.Path.Contains("/leak-", StringComparison.Ordinal)).ToList();
        var findings = await tenants.NewProber().ProbeAsync(operations);

        operations.Count.ShouldBe(3);
        findings.ShouldContain(f => f.StartsWith("GetContact id: the other tenant's is answered with 200", StringComparison.Ordinal));
        findings.ShouldContain("DeleteContact: changed the other tenant's rows in contacts");
        findings.ShouldContain(f => f.StartsWith("RestoreContact id: the other tenant's and a random one differ", StringComparison.Ordinal), string.Join('\n', findings));
    }

    [Fact]
    public async Task What_the_prober_cannot_classify_fails()
    {
        await using var tenants = await TwoTenants.StartAsync((_, _) => { }, app =>
        {
            app.UseCrm();
            app.MapGet("/api/v1/secret", () => "x");
            app.MapOperation("GET", "/api/v1/gizmos/{id}", new Operation(typeof(GetContact), "Reads."), _ => Task.CompletedTask).WithName("a");
            app.MapOperation("GET", "/api/v1/gizmos", new Operation(typeof(GetContact), "Reads.") { QueryParameters = ["gizmo"] }, _ => Task.CompletedTask).WithName("b");
            app.MapOperation("POST", "/api/v1/gizmos", new Operation(typeof(GetContact), "Writes."), _ => Task.CompletedTask).WithName("c");
            app.MapOperation("POST", "/api/v1/gizmos/x", new Operation(typeof(GetContact), "Writes.") { Body = typeof(Gizmo) }, _ => Task.CompletedTask).WithName("d");
        });

        var unclassified = new EndpointOperations(tenants.Api).Read().Where(o => o.Path.Contains("gizmos", StringComparison.Ordinal) || o.Path.Contains("secret", StringComparison.Ordinal)).SelectMany(o => o.Unclassified.Select(u => $"{o.Method} {o.Path}: {u}")).ToList();

        unclassified.ShouldBe(
        [
            "GET /api/v1/secret: is no Operation and no reviewed endpoint",
            "GET /api/v1/gizmos/{id}: the path parameter id",
            "GET /api/v1/gizmos: the query parameter gizmo",
            "POST /api/v1/gizmos: what it takes as its body",
            "POST /api/v1/gizmos/x: the body's member gizmoId",
            "POST /api/v1/gizmos/x: the body's member label",
            "POST /api/v1/gizmos/x: how to make a body that succeeds",
        ], ignoreOrder: true);
    }

    private static async Task<IReadOnlyList<string>> ProbeAsync(TwoTenants tenants, params string[] names) =>
        await tenants.NewProber().ProbeAsync(new EndpointOperations(tenants.Api).Read().Where(o => names.Contains(o.Name)));

    // What the guard is there to prevent: whatever tenant a header names is the request's.
    private static async Task UnguardedAsync(HttpContext http, RequestDelegate next)
    {
        var store = http.RequestServices.GetRequiredService<IMultiTenantStore>();
        var named = http.Request.Headers["X-Tenant"].FirstOrDefault() ?? http.User.FindFirst("tid")?.Value;
        if (Guid.TryParse(named, out var id) && await store.GetAsync(id, http.RequestAborted) is { } tenant)
            http.RequestServices.GetRequiredService<IMultiTenantContextSetter>().MultiTenantContext = new MultiTenantContext(tenant);
        await next(http);
    }

    private static void Map(WebApplication app, string name, Operation operation, string sql, TestDatabase database) =>
        app.MapOperation("POST", $"/api/v1/contacts/{{id}}/leak-{name}", operation, async context =>
        {
            await using var connection = await SqlExtensions.OpenAsync(database.SuperConnectionString);
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Guid.Parse((string)context.Request.RouteValues["id"]!) } } };
            var found = await command.ExecuteScalarAsync(context.RequestAborted);
            await context.WriteJsonAsync(found is null ? 404 : 200, writer => JsonSerializer.Serialize(writer, new { found }));
        }).WithName("leak-" + name);

    private sealed record Gizmo(Guid GizmoId, string Label);
}
