using System.Text.Json.Nodes;
using Crm.Isolation.Tests.Worlds;
using Crm.Testing;

namespace Crm.Isolation.Tests.Probing;

/// <summary>What operations take that are sent files: an import's rows can name records by id and by name.</summary>
internal static class Forms
{
    private const string Imports = "POST /api/v1/imports";

    /// <summary>Looks at what an operation takes.</summary>
    public static BodyShape Of(string route) => route != Imports
        ? BodyShape.None(["how to make a form that succeeds"])
        : BodyShape.None([]) with
        {
            MakeForm = world => Import(world.Marks.Next(), "companyId", null, ""),
            Slots =
            [
                Slot.ForId("file companyId", "company", (draft, value) => draft.Form = Import("x" + value, "companyId", null, value)),
                Slot.ForId("file ownerId", "user", (draft, value) => draft.Form = Import("x" + value, "ownerId", null, value)),
                new Slot("file company by name", (draft, value) => draft.Form = Import("x" + value, "companyId", "name", value), NameAsync, _ => "No such company"),
            ],
        };

    private static Dictionary<string, string> Import(string name, string field, string? lookup, string cell)
    {
        var reference = new JsonObject { ["field"] = field, ["column"] = "reference" };
        if (lookup is not null)
            reference["lookup"] = lookup;
        return new Dictionary<string, string>
        {
            ["recordType"] = "contact",
            ["mapping"] = new JsonObject { ["columns"] = new JsonArray(new JsonObject { ["field"] = "lastName", ["column"] = "name" }, reference) }.ToJsonString(),
            ["file"] = $"name,reference\r\n{name},{cell}\r\n",
        };
    }

    private static async Task<string?> NameAsync(World world, Draft draft) =>
        (await world.Tenant.Client.SendAsync("GET", $"/api/v1/companies/{await world.StandingAsync("company")}")).Body!["name"]!.GetValue<string>();
}
