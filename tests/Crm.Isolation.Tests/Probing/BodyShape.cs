using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application.Records;
using Crm.Isolation.Tests.Worlds;

namespace Crm.Isolation.Tests.Probing;

/// <summary>What an operation takes as its body: how to make one that succeeds, and where in it rows are named.</summary>
/// <param name="MakeAsync">Makes a body for a world.</param>
/// <param name="Slots">Where rows are named.</param>
/// <param name="Unclassified">What is not understood.</param>
internal sealed record BodyShape(Func<World, Task<JsonNode?>> MakeAsync, IReadOnlyList<Slot> Slots, IReadOnlyList<string> Unclassified)
{
    /// <summary>Makes the parts of a multipart body for a world; <c>null</c> where the body is JSON.</summary>
    public Func<World, Dictionary<string, string>>? MakeForm { get; init; }

    /// <summary>Looks at what an operation takes.</summary>
    public static BodyShape Of(Operation operation, string route, RecordModel types) => operation switch
    {
        { BodyMediaType: "multipart/form-data" } => Forms.Of(route),
        { Body: not null } => OfType(operation.Body, route, operation.Record ?? types.Find("deal")!),
        { Kind: OperationKind.Create, Record: { } record } => OfRecord(record, create: true),
        { Kind: OperationKind.Update, Record: { } record } => OfRecord(record, create: false),
        { Kind: OperationKind.Query, Record: { } record } => OfQuery(record),
        { Kind: OperationKind.Other } when route.StartsWith("GET ", StringComparison.Ordinal) || Samples.WithoutBody.Contains(route) => None([]),
        { Kind: OperationKind.Other } => None(["what it takes as its body"]),
        _ => None([]),
    };

    /// <summary>The paths by which a record type can be filtered for ids.</summary>
    public static IEnumerable<(string Path, string Kind)> IdPaths(RecordType type, string prefix = "", int depth = FieldPath.MaxDepth) =>
        type.Fields.Where(f => f is { Kind: FieldKind.Id, Filterable: true }).Select(f => (prefix + f.Name, KindOf(type, f)))
            .Concat(depth == 0 ? [] : type.Relations.SelectMany(r => IdPaths(r.Target, $"{prefix}{r.Name}.", depth - 1)));

    /// <summary>The kind of what a collection holds.</summary>
    public static string Singular(string collection) =>
        collection.EndsWith("ies", StringComparison.Ordinal) ? collection[..^3] + "y" : collection.TrimEnd('s').Replace('-', '_');

    private static string KindOf(RecordType type, Field field) =>
        field.Name == "id" ? type.Name : field.Relation?.Target.Name ?? field.Name[..^2];

    internal static BodyShape None(IReadOnlyList<string> unclassified) => new(_ => Task.FromResult<JsonNode?>(null), [], unclassified);

    private static BodyShape OfRecord(RecordType type, bool create)
    {
        var written = type.Fields.Where(f => f.Kind == FieldKind.Id && (f.Write == FieldWrite.Always || (create && f.Write == FieldWrite.OnCreate)));
        var slots = written.Select(f => Slot.ForId("/" + f.Name, KindOf(type, f), (draft, value) => Put(draft, f.Name, value))).Select(s => s.Name != "/id" ? s : s with
        {
            // A client may choose the id of a new record, as long as it is free in its own tenant; what others have does not count.
            OwnStatus = 409,
            Value = (world, _) => Task.FromResult<string?>(world.Spare(type.Name).ToString()),
        });
        return new BodyShape(world => Task.FromResult<JsonNode?>(world.Body(type, create)), [.. slots], []);
    }

    private static void Put(Draft draft, string member, string value)
    {
        draft.Body![member] = value;

        // A deal's pipeline follows from its stage, and one that is named must be the same: so that one of the two is asked about.
        if (member is "stageId" or "pipelineId" && draft.Body["stageId"] is not null)
            draft.Body.AsObject().Remove(member == "stageId" ? "pipelineId" : "stageId");
    }

    private static BodyShape OfQuery(RecordType type) =>
        new(_ => Task.FromResult<JsonNode?>(new JsonObject()), [.. Filters(type), Cursors.InBody()], []);

    private static IEnumerable<Slot> Filters(RecordType type) => IdPaths(type).Select(p => Slot.ForId($"/filter/{p.Path}", p.Kind, (draft, value) =>
        draft.Body!["filter"] = new JsonObject { [p.Path] = new JsonObject { ["in"] = new JsonArray(value) } }) with
    { FindsRows = !p.Path.Contains('.', StringComparison.Ordinal) });

    private static BodyShape OfType(Type body, string route, RecordType record)
    {
        var (slots, unclassified) = (new List<Slot>(), new List<string>());
        foreach (var property in body.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type == typeof(Guid) && Samples.IdMembers.TryGetValue(name, out var kind))
                slots.Add(Slot.ForId("/" + name, kind, (draft, value) => draft.Body![name] = value));
            else if (name == "tenant")
                slots.AddRange(Slot.ForTenant("/tenant", (draft, value) => draft.Body![name] = value));
            else if (name == "filter")
                slots.AddRange(Filters(record).Select(s => s with { FindsRows = false }));
            else if (name == "cursor")
                slots.Add(Cursors.InBody());
            else if (!type.IsPrimitive && !type.IsEnum && !Samples.HarmlessMembers.Contains($"{body.Name}.{name}"))
                unclassified.Add($"the body's member {name}");
        }

        if (Samples.Bodies.TryGetValue(route, out var sample))
            return new BodyShape(async world => await sample(world), slots, unclassified);
        return None([.. unclassified, "how to make a body that succeeds"]);
    }
}
