using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Application.Records;

namespace Crm.Isolation.Tests.Worlds;

/// <summary>
/// Makes bodies of records from their descriptions: every field that can be sent is sent, every text is a text of the world's own.
/// </summary>
internal sealed class RecordBodies(Marks marks)
{
    /// <summary>Makes a body.</summary>
    public JsonObject Make(RecordType type, bool create, Func<Relation, Guid?> reference)
    {
        var body = new JsonObject();
        foreach (var field in type.Fields.Where(f => f.Name != "id" && (f.Write == FieldWrite.Always || (create && f.Write == FieldWrite.OnCreate))))
        {
            if (field.Relation is { } relation)
            {
                if (reference(relation) is { } id)
                    body[field.Name] = id.ToString();
            }
            else
            {
                body[field.Name] = Value(field);
            }
        }

        return body;
    }

    private JsonNode Value(Field field) => field.Kind switch
    {
        FieldKind.Text => marks.Next(),
        FieldKind.Choice => field.Choices[0],
        FieldKind.Integer => Math.Clamp(2000, field.Min, field.Max),
        FieldKind.Boolean => true,
        FieldKind.Date => "2026-01-31",
        FieldKind.Timestamp => "2026-01-31T12:00:00Z",
        FieldKind.Money => new JsonObject { ["amount"] = "1234.50", ["currency"] = "EUR" },
        FieldKind.Tags when field.Name == "permissions" => new JsonArray("deals:read", "deals:write"),
        FieldKind.Tags => new JsonArray(marks.Next()),
        FieldKind.Rules => field.Name == "scopes" ? new JsonObject { ["deals:write"] = "own" } : new JsonObject { ["deals.amount"] = "read" },
        FieldKind.Emails => new JsonArray(new JsonObject { ["value"] = marks.Next() + "@x.example", ["label"] = marks.Next() }),
        FieldKind.Phones => new JsonArray(new JsonObject { ["value"] = marks.Next(), ["label"] = marks.Next() }),
        FieldKind.Addresses => new JsonArray(new JsonObject
        {
            ["street"] = marks.Next(),
            ["city"] = marks.Next(),
            ["region"] = marks.Next(),
            ["postalCode"] = marks.Next(),
            ["country"] = marks.Next(),
            ["label"] = marks.Next(),
        }),
        FieldKind.Id => throw new InvalidOperationException($"{field.Name} refers to nothing the test knows."),
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"There is no sample of a field of kind {field.Kind}.")),
    };
}
