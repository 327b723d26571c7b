using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Records;
using Crm.Isolation.Tests.Worlds;
using Crm.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Isolation.Tests.Probing;

/// <summary>The operations that the running API has mapped, classified from what each says of itself.</summary>
internal sealed class EndpointOperations(ApiHost api) : IOperationSource
{
    // Query parameters that choose among what a request may see and can name no row.
    private static readonly string[] Harmless = ["sort", "fields", "expand", "limit", "count", "purge", "q", "validateOnly", "allowDuplicate", "action", "recordType", "from", "to", "address", "correlationId", "origin"];

    /// <summary>Endpoints that are no operations: they have no request, no tenant and no parameter.</summary>
    public static IReadOnlyList<string> Plain { get; } = ["/.well-known/jwks.json", "/openapi/v1.json", "/health/live", "/health/ready", "/metrics", "/docs"];

    /// <inheritdoc />
    public IReadOnlyList<ProbedOperation> Read() =>
        [.. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !IsPlain(e)).Select(Describe)];

    private static bool IsPlain(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<Operation>() is null && Plain.Any(p => endpoint.RoutePattern.RawText!.StartsWith(p, StringComparison.Ordinal)) && endpoint.RoutePattern.Parameters.All(p => p.IsCatchAll || p.Default is not null);

    private ProbedOperation Describe(RouteEndpoint endpoint)
    {
        var (method, path) = (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET", endpoint.RoutePattern.RawText!);
        if (endpoint.Metadata.GetMetadata<Operation>() is not { } operation)
            return new ProbedOperation(path, method, path) { Unclassified = ["is no Operation and no reviewed endpoint"] };

        var probed = new ProbedOperation(operation.Request.Name, method, path);
        var rule = AccessRules.DeclarationOf(operation.Request);
        if (rule is HostScopeAttribute)
            return ForHost(probed, endpoint.RoutePattern);

        var unclassified = new List<string>();
        var route = $"{method} {path}";
        var slots = new List<Slot>(Samples.HarmlessPaths.ContainsKey(route) ? [] : OfPath(endpoint.RoutePattern, operation, unclassified));
        slots.AddRange(OfQuery(operation, route, unclassified));
        var body = BodyShape.Of(operation, route, api.Services.GetRequiredService<RecordModel>());
        unclassified.AddRange(body.Unclassified);
        slots.AddRange(body.Slots);
        slots.AddRange(Slot.ForTenant("X-Tenant", (draft, value) => draft.Headers["X-Tenant"] = value));
        return probed with
        {
            Slots = slots,
            Unclassified = unclassified,
            Draft = async world =>
            {
                var draft = new Draft(path) { SignedIn = rule is not PublicAttribute, Body = await body.MakeAsync(world), Form = body.MakeForm?.Invoke(world) };
                foreach (var parameter in endpoint.RoutePattern.Parameters)
                    draft.PathValues[parameter.Name] = Samples.HarmlessPaths.GetValueOrDefault(route) ?? await OwnAsync(world, KindOf(endpoint.RoutePattern, parameter.Name), operation, route);
                foreach (var (name, value) in Samples.Queries.GetValueOrDefault(route) ?? new Dictionary<string, string>())
                    draft.Query[name] = value.StartsWith(':') ? (await world.StandingAsync(value[1..])).ToString()! : value;
                if (Samples.EndsSession.Contains(route))
                    draft.Headers["Authorization"] = $"Bearer {(await world.SignInNewUserAsync()).AccessToken}";
                if (Samples.ByCookie.Contains(route))
                {
                    var session = await world.SignInAsync();
                    draft.Headers["Cookie"] = $"__Host-crm_refresh={session.RefreshToken}";
                    draft.Headers["X-CSRF-Token"] = api.Services.GetRequiredService<ICsrfTokens>().Of(session.SessionId);
                }

                if (Samples.Preparations.TryGetValue(route, out var prepare))
                    await prepare(world, draft.PathValues.Values.First());
                return draft;
            },
        };
    }

    // A tenant's token is refused whatever is in the request, so that every value is answered alike.
    private static ProbedOperation ForHost(ProbedOperation operation, RoutePattern pattern) => operation with
    {
        RefusedWith = 403,
        Slots = [.. pattern.Parameters.Select(p => Slot.ForTenant(p.Name, (draft, value) => draft.PathValues[p.Name] = value).First() with { OwnStatus = 403 })],
        Draft = world =>
        {
            var draft = new Draft(operation.Path) { Body = operation.Method == "GET" ? null : new JsonObject() };
            foreach (var parameter in pattern.Parameters)
                draft.PathValues[parameter.Name] = world.Tenant.Id.ToString();
            return Task.FromResult(draft);
        },
    };

    private static IEnumerable<Slot> OfPath(RoutePattern pattern, Operation operation, List<string> unclassified)
    {
        foreach (var parameter in pattern.Parameters)
        {
            var kind = KindOf(pattern, parameter.Name);
            if (kind is null || (operation.Record is null && !Samples.Kinds.Contains(kind)))
                unclassified.Add($"the path parameter {parameter.Name}");
            else
                yield return Slot.ForId(parameter.Name, kind, (draft, value) => draft.PathValues[parameter.Name] = value) with { FilledByDraft = true };
        }
    }

    private static IEnumerable<Slot> OfQuery(Operation operation, string route, List<string> unclassified)
    {
        var sample = Samples.Queries.GetValueOrDefault(route);
        foreach (var name in operation.QueryParameters.Except(Harmless))
        {
            if (name == "cursor")
                yield return Cursors.InQuery();
            else if (sample is not null && sample[name].StartsWith(':'))
                yield return Slot.ForId(name, sample[name][1..], (draft, value) => draft.Query[name] = value) with { FilledByDraft = true };
            else if (sample is not null)
                continue;
            else if (Samples.IdParameters.TryGetValue(name, out var kind))
                yield return Slot.ForId(name, kind, (draft, value) => draft.Query[name] = value) with { FindsRows = true };
            else
                unclassified.Add($"the query parameter {name}");
        }

        if (!operation.TakesFilters)
            yield break;
        foreach (var (path, kind) in BodyShape.IdPaths(operation.Record!))
            yield return Slot.ForId($"filter[{path}]", kind, (draft, value) => draft.Query[$"filter[{path}]"] = value) with { FindsRows = !path.Contains('.', StringComparison.Ordinal) };
    }

    // The kind is said by the collection in front of the parameter.
    private static string? KindOf(RoutePattern pattern, string parameter)
    {
        var segments = pattern.PathSegments.Select(s => s.Parts is [RoutePatternLiteralPart literal] ? literal.Content : null).ToList();
        if (parameter.EndsWith("Id", StringComparison.Ordinal))
            return parameter[..^2];
        var at = pattern.PathSegments.ToList().FindIndex(s => s.Parts is [RoutePatternParameterPart p] && p.Name == parameter);
        return at > 0 && segments[at - 1] is { } collection ? BodyShape.Singular(collection) : null;
    }

    private static async Task<string> OwnAsync(World world, string? kind, Operation operation, string route) => operation switch
    {
        _ when kind is null => "",
        _ when Samples.Consumed.TryGetValue(route, out var make) => (await make(world)).ToString(),
        { Kind: OperationKind.Restore } => (await world.FreshAsync(kind, deleted: true)).ToString(),
        { Record: not null } => (await world.FreshAsync(kind)).ToString(),
        _ => (await world.StandingAsync(kind))?.ToString() ?? "",
    };
}
