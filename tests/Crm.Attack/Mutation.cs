using System.Text;
using System.Text.Json.Nodes;

namespace Crm.Attack;

/// <summary>Makes requests that are nearly right: what is wrong with them gets past the first check and into the next.</summary>
internal sealed class Mutation(Random random)
{
    private static readonly string[] MediaTypes = ["text/plain", "application/xml", "application/json; charset=utf-16", "application/json;", "multipart/form-data", "multipart/form-data; boundary=x", "application/merge-patch+json", "", "x"];
    private static readonly string[] OddMethods = ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST", "PROPFIND", "get"];
    private static readonly string[] OddHeaders = ["If-Match", "If-None-Match", "X-Tenant", "X-Correlation-Id", "X-CSRF-Token", "Cookie", "Accept", "Content-Encoding", "Idempotency-Key", "Range", "Expect", "X-HTTP-Method-Override", "X-API-Key", "Host", "traceparent", "Origin", "X-Forwarded-For"];
    private static readonly string[] FilterParts = ["name", "id", "company.name", "ownerId", "amount", "createdAt", "tags", "emails", "deletedAt", "x", "__proto__", "a.b.c.d", ""];
    private static readonly string[] FilterOperators = ["eq", "ne", "in", "nin", "lt", "gte", "between", "contains", "startsWith", "isNull", "any", "all", "x", ""];

    /// <summary>Makes a request.</summary>
    public Draft Of(ApiOperation operation)
    {
        var draft = new Draft(random.Next(50) == 0 ? Pick(OddMethods) : operation.Method, Target(operation)) { Headers = Headers() };
        if (operation.Example is not null && random.Next(40) != 0)
        {
            draft = draft with
            {
                Body = random.Next(12) == 0 ? Pick(Nasty.Bodies)() : Encoding.UTF8.GetBytes(Body(operation.Example)),
                ContentType = random.Next(30) == 0 ? Pick(MediaTypes) : operation.MediaType,
            };
        }
        else if (random.Next(20) == 0)
        {
            draft = draft with { Body = Pick(Nasty.Bodies)(), ContentType = "application/json" };
        }

        return random.Next(40) == 0 ? draft with { Authorization = Pick(["Bearer ", "Bearer x.y.z", "Basic eDp5", "Bearer " + new string('a', 9000), "bearer null", "Bearer eyJhbGciOiJub25lIn0.e30."]) } : draft;
    }

    private string Target(ApiOperation operation)
    {
        var target = new StringBuilder();
        foreach (var segment in operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            target.Append('/').Append(segment.StartsWith('{') ? Uri.EscapeDataString(Id()) : segment);
        var query = new List<string>();
        foreach (var (name, place) in operation.Parameters)
        {
            if (place == "query" && random.Next(3) == 0)
                query.Add(name == "filter" ? Filter() : $"{name}={Escape(Text())}");
        }

        if (random.Next(30) == 0)
            query.Add($"{Escape(Text())}={Escape(Text())}");
        return query.Count == 0 ? target.ToString() : $"{target}?{string.Join('&', query)}";
    }

    private string Filter() =>
        $"filter[{Escape(random.Next(8) == 0 ? Text() : Pick(FilterParts))}]{(random.Next(3) == 0 ? "" : $"[{Pick(FilterOperators)}]")}={Escape(Text())}";

    // In a path, what cannot be there at all is left out: the client would change it.
    private string Id() => random.Next(3) switch
    {
        0 => Text() is { Length: > 0 and < 500 } text && text is not ("." or "..") && !text.Contains("..", StringComparison.Ordinal) ? text : "x",
        _ => Guid.CreateVersion7().ToString(),
    };

    private string Body(JsonNode example)
    {
        var places = new List<(JsonNode Parent, string? Name, int Index)>();
        var copy = example.DeepClone();
        Collect(copy, places);
        if (places.Count == 0)
            return Pick(Nasty.Json);

        // One or two places are changed; the rest stays right.
        for (var i = random.Next(2); i >= 0; i--)
        {
            var (parent, name, index) = places[random.Next(places.Count)];
            var value = JsonValue.Create($"\u0001{i}");
            if (parent is JsonObject members && random.Next(10) == 0)
                members[Text()] = value;
            else if (parent is JsonObject known)
                known[name!] = value;
            else
                ((JsonArray)parent)[index] = value;
        }

        // Put in as text, since half of what is nasty is no value to the writer.
        return copy.ToJsonString()
            .Replace("\"\\u00010\"", Value(), StringComparison.Ordinal)
            .Replace("\"\\u00011\"", Value(), StringComparison.Ordinal);
    }

    private static void Collect(JsonNode node, List<(JsonNode, string?, int)> places)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    places.Add((members, name, 0));
                    if (value is not null)
                        Collect(value, places);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    places.Add((items, null, i));
                    if (items[i] is { } item)
                        Collect(item, places);
                }

                break;
        }
    }

    private string Value() => random.Next(2) == 0 ? Pick(Nasty.Json) : Quoted(Text());

    // With escapes, so that halves of surrogate pairs arrive as they are.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var unit in text)
            _ = unit is < ' ' or '"' or '\\' or > '~' ? quoted.Append("\\u").Append(((int)unit).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)) : quoted.Append(unit);
        return quoted.Append('"').ToString();
    }

    private Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>();
        if (random.Next(6) == 0)
            headers[Pick(OddHeaders)] = new string([.. Text().Where(c => c is >= ' ' and <= '~').Take(500)]);
        return headers;
    }

    private string Text() => Pick(Nasty.Texts);

    // Percent-encoded as UTF-8, and now and then in bytes that are none.
    private string Escape(string text) =>
        random.Next(30) == 0 ? "%C3%28%00%FF" : string.Concat(Encoding.UTF8.GetBytes(text).Select(b => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' ? ((char)b).ToString() : $"%{b:X2}"));

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
