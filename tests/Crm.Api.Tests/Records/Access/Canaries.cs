using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Application.Records;
using Crm.Testing;

namespace Crm.Api.Tests.Records.Access;

/// <summary>Records with a value of its own in every field that can hold one, and where those values turn up.</summary>
internal sealed class Canaries
{
    private static int _made;
    private readonly Dictionary<string, JsonObject> _records = [];

    private Canaries()
    {
    }

    /// <summary>The records, by collection.</summary>
    public IReadOnlyDictionary<string, JsonObject> Records => _records;

    /// <summary>Makes one record of each collection; they refer to one another.</summary>
    public static async Task<Canaries> MakeAsync(HttpClient client, RecordModel types, Guid ownerId)
    {
        var canaries = new Canaries();
        foreach (var plural in new[] { "companies", "contacts", "products", "deals" })
        {
            var type = types.All.Single(t => t.Plural == plural);
            var body = new JsonObject { ["ownerId"] = ownerId };
            foreach (var field in type.Fields.Where(f => f.Write == FieldWrite.Always && f.Name != "ownerId"))
            {
                if (field.Relation is { } relation)
                    body[field.Name] = canaries._records.GetValueOrDefault(relation.Target.Plural)?["id"]?.DeepClone();
                else
                    body[field.Name] = Value(field);
                if (body[field.Name] is null)
                    body.Remove(field.Name);
            }

            canaries._records[plural] = (await client.CreateAsync(plural, body)).AsObject();
        }

        return canaries;
    }

    /// <summary>
    /// The values by which a field of a canary gives itself away: texts, amounts, dates and large numbers; none for ids and choices.
    /// </summary>
    public IEnumerable<string> Values(RecordType type, Field field) =>
        field.Relation is not null || field.Kind is FieldKind.Choice or FieldKind.Boolean or FieldKind.Timestamp
            ? []
            : Leaves(_records[type.Plural][field.Name]).Where(leaf => leaf.Length > 3);

    /// <summary>Looks through an answer for what a hidden field would show.</summary>
    public IEnumerable<string> Traces(Answer answer, RecordType type, Field field)
    {
        var values = Values(type, field).ToList();
        bool Shows(string text) => values.Exists(v => field.Kind == FieldKind.Integer ? text == v : text.Contains(v, StringComparison.OrdinalIgnoreCase));
        foreach (var value in values.Where(_ => field.Kind != FieldKind.Integer))
        {
            if (answer.Headers.Values.Any(h => h.Contains(value, StringComparison.OrdinalIgnoreCase)))
                yield return $"{value} in a header";
        }

        foreach (var leaf in Leaves(answer.Body).Where(Shows))
            yield return $"the value {leaf}";

        // Whatever carries the canary's id and a version is the record itself.
        var id = (string)_records[type.Plural]["id"]!;
        foreach (var record in Objects(answer.Body).Where(o => o["id"]?.ToString() == id))
        {
            foreach (var member in type.Fields.Where(f => f == field || f.Tells.Contains(field.Name)).Where(f => record.ContainsKey(f.Name)))
                yield return $"the member {member.Name}";
        }
    }

    private static JsonNode? Value(Field field) => field.Kind switch
    {
        FieldKind.Text => Word(field.MaxLength),
        FieldKind.Choice => field.Choices[0],
        FieldKind.Integer => field.Max <= 100 ? 73 : field.Max <= 9999 ? 3000 + Next() : 20_000_000 + Next(),
        FieldKind.Boolean => true,
        FieldKind.Date => new DateOnly(1813, 7, 1).AddDays(Next()).ToString("O", CultureInfo.InvariantCulture),
        FieldKind.Money => new JsonObject { ["amount"] = $"{50_000_000 + Next()}.37", ["currency"] = "EUR" },
        FieldKind.Tags => new JsonArray(Word(20)),
        FieldKind.Emails => new JsonArray(new JsonObject { ["value"] = Word(15).ToLowerInvariant() + "@x.example" }),
        FieldKind.Phones => new JsonArray(new JsonObject { ["value"] = Word(15) }),
        FieldKind.Addresses => new JsonArray(new JsonObject { ["street"] = Word(15), ["city"] = Word(15) }),
        _ => null,
    };

    /// <summary>No two values are the same, or a field that may be seen would pass for one that may not.</summary>
    private static int Next() => Interlocked.Increment(ref _made);

    private static string Word(int max) => ("Cq" + Guid.NewGuid().ToString("N"))[..Math.Min(max, 14)];

    private static IEnumerable<string> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(m.Value)),
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value => [value.ToString()],
        _ => [],
    };

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Objects(m.Value)).Prepend(members),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };
}
