using System.Text.Json.Nodes;
using Crm.Isolation.Tests.Worlds;

namespace Crm.Isolation.Tests.Probing;

/// <summary>An operation of the API as the prober sees it, wherever its description comes from.</summary>
/// <param name="Name">The operationId.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its parameters in braces.</param>
internal sealed record ProbedOperation(string Name, string Method, string Path)
{
    /// <summary>Makes a request that succeeds for the tenant whose world it is, on rows of its own.</summary>
    public Func<World, Task<Draft>> Draft { get; init; } = _ => Task.FromResult(new Draft(Path));

    /// <summary>Where an id, or anything else that names rows of a tenant, can be put into the request.</summary>
    public IReadOnlyList<Slot> Slots { get; init; } = [];

    /// <summary>What every tenant is refused with; <c>null</c> for an operation tenants may call.</summary>
    public int? RefusedWith { get; init; }

    /// <summary>What the prober does not understand about the operation.</summary>
    public IReadOnlyList<string> Unclassified { get; init; } = [];
}

/// <summary>Where the operations of a running API are described.</summary>
internal interface IOperationSource
{
    /// <summary>Reads the descriptions.</summary>
    IReadOnlyList<ProbedOperation> Read();
}

/// <summary>A place in a request that can name rows of a tenant.</summary>
/// <param name="Name">The place, for findings.</param>
/// <param name="Put">Puts a value into a request.</param>
/// <param name="Value">The value that names rows of a world, for a request of that world's; <c>null</c> when there is none.</param>
/// <param name="Random">Makes of an own value one of the same form that names nothing.</param>
internal sealed record Slot(string Name, Action<Draft, string> Put, Func<World, Draft, Task<string?>> Value, Func<string, string> Random)
{
    /// <summary>What the tenant's own value must be answered with; <c>null</c> for any success.</summary>
    public int? OwnStatus { get; init; }

    /// <summary>Whether the draft names an own row in this place already, so that nothing is to be put for it.</summary>
    public bool FilledByDraft { get; init; }

    /// <summary>Whether the own value must be answered with rows, as a filter that finds something is.</summary>
    public bool FindsRows { get; init; }

    /// <summary>A place for the id of a row.</summary>
    public static Slot ForId(string name, string kind, Action<Draft, string> put) =>
        new(name, put, async (world, _) => (await world.StandingAsync(kind))?.ToString(), _ => Guid.CreateVersion7().ToString());

    /// <summary>A place for what names the tenant itself.</summary>
    public static IEnumerable<Slot> ForTenant(string name, Action<Draft, string> put) =>
    [
        new(name + " (id)", put, (world, _) => Task.FromResult<string?>(world.Tenant.Id.ToString()), _ => Guid.CreateVersion7().ToString()),
        new(name + " (identifier)", put, (world, _) => Task.FromResult<string?>(world.Tenant.Identifier), _ => "no-such-tenant"),
    ];
}

/// <summary>A request in the making.</summary>
internal sealed class Draft(string path)
{
    /// <summary>The values of the path's parameters.</summary>
    public Dictionary<string, string> PathValues { get; } = [];

    /// <summary>The query parameters.</summary>
    public Dictionary<string, string> Query { get; } = [];

    /// <summary>The headers.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>The body; <c>null</c> for none.</summary>
    public JsonNode? Body { get; set; }

    /// <summary>The parts of a multipart body; <c>null</c> for none.</summary>
    public Dictionary<string, string>? Form { get; set; }

    /// <summary>Who is asked as: signed in, unless the operation is for anyone.</summary>
    public bool SignedIn { get; set; } = true;

    /// <summary>Path and query as they are sent.</summary>
    public string Address
    {
        get
        {
            var filled = PathValues.Aggregate(path, (text, value) => text.Replace("{" + value.Key + "}", Uri.EscapeDataString(value.Value), StringComparison.Ordinal));
            return filled + (Query.Count == 0 ? "" : "?" + string.Join('&', Query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}")));
        }
    }

    /// <summary>Everything that is sent, as text.</summary>
    public string Text => $"{Address} {string.Join(' ', Headers.Values)} {Body?.ToJsonString()} {(Form is null ? "" : string.Join(' ', Form.Values))}";
}
