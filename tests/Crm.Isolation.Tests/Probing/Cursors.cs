using System.Text.Json.Nodes;
using Crm.Testing;

namespace Crm.Isolation.Tests.Probing;

/// <summary>
/// The places where a cursor goes. A cursor of the same question asked in another tenant must be refused as one that was made up is.
/// </summary>
internal static class Cursors
{
    /// <summary>The cursor of a list.</summary>
    public static Slot InQuery() => new("cursor", (draft, value) => draft.Query["cursor"] = value, async (world, draft) =>
    {
        draft.Query["limit"] = "1";
        return Find((await world.Tenant.Client.SendAsync("GET", draft.Address)).Body);
    }, Forge);

    /// <summary>The cursor of a query in a body.</summary>
    public static Slot InBody() => new("/cursor", (draft, value) => draft.Body!["cursor"] = value, async (world, draft) =>
    {
        draft.Body!["limit"] = 1;
        return Find((await world.Tenant.Client.SendAsync("POST", draft.Address, draft.Body)).Body);
    }, Forge);

    private static string? Find(JsonNode? node) => node switch
    {
        JsonObject members when members["nextCursor"] is JsonValue cursor => cursor.GetValue<string>(),
        JsonObject members => members.Select(m => Find(m.Value)).FirstOrDefault(c => c is not null),
        JsonArray items => items.Select(Find).FirstOrDefault(c => c is not null),
        _ => null,
    };

    // The first characters are those of the signature.
    private static string Forge(string cursor) => (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];
}
