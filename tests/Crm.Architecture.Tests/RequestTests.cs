using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application;
using Crm.Application.Authorization;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.RateLimiting;
using Crm.Application.Records;
using Crm.Domain.Identity;
using Crm.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Architecture.Tests;

public sealed class RunningApi : IAsyncLifetime
{
    internal ApiHost Api { get; private set; } = null!;

    internal HttpClient Powerless { get; private set; } = null!;

    internal IReadOnlyList<RouteEndpoint> Endpoints { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync();
        Endpoints = [.. Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

        // A member whose role permits nothing.
        var tenant = await Api.CreateTenantAsync("powerless");
        var (email, password) = ("nobody@powerless.example", ApiHost.NewPassword());
        await Api.AddUserAsync(tenant, email, "No Body", "viewer", password);
        await using (var superuser = NpgsqlDataSource.Create(Api.Database.SuperConnectionString))
        await using (var command = superuser.CreateCommand("UPDATE roles SET permissions = '{}' WHERE name = 'viewer'"))
            await command.ExecuteNonQueryAsync();
        Powerless = Api.CreateClient();
        var signedIn = await Powerless.PostAsJsonAsync("/api/v1/auth/sign-in", new { email, password });
        Powerless.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonNode.Parse(await signedIn.Content.ReadAsStringAsync())!["accessToken"]!.GetValue<string>());
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

public sealed class RequestTests(RunningApi running) : IClassFixture<RunningApi>
{
    // What answers without a request: it has no tenant, reads no row and takes no parameter that names one.
    private static readonly string[] Plain = ["/.well-known/jwks.json", "/openapi/v1.json", "/health/live", "/health/ready", "/metrics", "/docs"];

    private IEnumerable<(RouteEndpoint Endpoint, Operation Operation)> Operations =>
        running.Endpoints.Where(e => e.Metadata.GetMetadata<Operation>() is not null).Select(e => (e, e.Metadata.GetMetadata<Operation>()!));

    [Fact]
    public void Every_request_says_who_may_make_it_and_names_a_permission_that_exists()
    {
        var requests = ApplicationServices.Requests().ToList();

        requests.Count.ShouldBeGreaterThan(40);
        foreach (var request in requests)
        {
            // Declaring none, or more than one, throws.
            if (AccessRules.DeclarationOf(request) is RequiresAttribute needs)
                Permissions.All.ShouldContain(needs.Permission, request.Name);
        }
    }

    [Fact]
    public void Every_permission_of_a_record_type_exists_and_is_the_one_that_its_operations_need()
    {
        foreach (var type in running.Api.Services.GetRequiredService<RecordModel>().All)
            Permissions.All.ShouldContain(type.ReadPermission, type.Name);

        var checkedOperations = 0;
        foreach (var (_, operation) in Operations.Where(o => o.Operation is { Record: not null, Kind: not OperationKind.Other }))
        {
            var type = operation.Record!;
            string[] needed = operation.Kind switch
            {
                OperationKind.Create or OperationKind.Update => [type.WritePermission],
                OperationKind.Delete => [type.DeletePermission, type.PurgePermission],
                OperationKind.Restore => [type.DeletePermission],
                _ => [type.ReadPermission],
            };
            needed.ShouldAllBe(permission => Permissions.All.Contains(permission), operation.Request.Name);
            AccessRules.DeclarationOf(operation.Request).ShouldBeOfType<RequiresAttribute>(operation.Request.Name).Permission.ShouldBe(needed[0], operation.Request.Name);
            checkedOperations++;
        }

        checkedOperations.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Every_endpoint_is_an_operation_or_one_that_was_reviewed() =>
        running.Endpoints.Where(e => e.Metadata.GetMetadata<Operation>() is null).Select(e => e.RoutePattern.RawText!)
            .Where(path => !Plain.Any(plain => path == plain || path.StartsWith(plain + "/", StringComparison.Ordinal))).ShouldBeEmpty();

    [Fact]
    public void Every_operation_has_a_request_of_its_own() =>
        Operations.GroupBy(o => o.Operation.Request).Where(g => g.Count() > 1).Select(g => g.Key.Name).ShouldBeEmpty();

    [Fact]
    public void What_anyone_may_call_counts_attempts_for_an_account_or_has_no_secret_to_guess() =>
        Operations.Where(o => o.Operation is { IsPublic: true, RateLimit: not RateLimitClass.Login }).Select(o => o.Operation.Request.Name).ShouldBe(["EstimatePassword"], ignoreOrder: true);

    [Fact]
    public void Administration_has_a_limit_of_its_own()
    {
        var administration = Operations.Where(o => o.Endpoint.RoutePattern.RawText!.Split('/') is [_, "api", _, "admin" or "host", ..]).ToList();

        administration.ShouldNotBeEmpty();
        administration.Where(o => o.Operation.RateLimit != RateLimitClass.Admin).Select(o => o.Operation.Request.Name).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_refused_by_every_operation_that_is_not_public()
    {
        using var anonymous = running.Api.CreateClient();
        foreach (var (endpoint, operation) in Operations)
        {
            var status = (int)(await SendAsync(anonymous, endpoint)).Status;
            (status == 401).ShouldBe(AccessRules.DeclarationOf(operation.Request) is not PublicAttribute, $"{operation.Request.Name}: {status}");
        }
    }

    [Fact]
    public async Task Whoever_lacks_the_permission_is_refused_before_anything_sent_is_looked_at()
    {
        var refused = 0;
        foreach (var (endpoint, operation) in Operations.Where(o => AccessRules.DeclarationOf(o.Operation.Request) is RequiresAttribute or HostScopeAttribute))
        {
            var answer = await SendAsync(running.Powerless, endpoint);
            ((int)answer.Status, answer.Code).ShouldBe((403, AccessRules.DeclarationOf(operation.Request) is HostScopeAttribute ? "host_only" : "permission_missing"), operation.Request.Name);
            refused++;
        }

        refused.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void The_pipeline_has_the_documented_order()
    {
        var text = File.ReadAllText(Path.Combine(SourceCode.Root, "docs/architecture.md")).Replace("\n   ", " ", StringComparison.Ordinal);
        var documented = text[text.IndexOf("Messaging/Pipeline`): ", StringComparison.Ordinal)..].Split("): ")[1].Split('.')[0];

        var order = Pipeline.Behaviors.Select(b => b.Name.Split("Behavior")[0]).Select(name => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $" {c}" : $"{c}")).ToLowerInvariant());

        documented.Split(", ").Select(name => name.Split(" and ")[0]).ShouldBe(order);
    }

    [Fact]
    public void Every_field_of_every_record_type_is_described() =>
        running.Api.Services.GetRequiredService<RecordModel>().All.SelectMany(t => t.Fields.Where(f => f.Summary.Length < 5 || !f.Summary.EndsWith('.')).Select(f => $"{t.Name}.{f.Name}")).ShouldBeEmpty();

    private static Task<Answer> SendAsync(HttpClient client, RouteEndpoint endpoint) => client.SendAsync(
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0],
        endpoint.RoutePattern.Parameters.Aggregate(endpoint.RoutePattern.RawText!, (path, p) => path.Replace($"{{{p.Name}}}", Guid.NewGuid().ToString(), StringComparison.Ordinal)) + "?nonsense=1");
}
