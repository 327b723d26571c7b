using System.Text.Json.Nodes;
using Crm.Application.Records;

namespace Crm.Api.OpenApi;

/// <summary>Values that fit, made from the descriptions of records: what is shown can be sent.</summary>
internal static class Examples
{
    private const string Id = "019a1f6e-7c00-7000-8000-000000000001";
    private const string OtherId = "019a1f6e-7c00-7000-8000-000000000002";
    private const string Instant = "2026-01-31T09:30:00Z";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["company.name"] = "Analytical Engines",
        ["contact.name"] = "Ada Byron",
        ["deal.name"] = "Analytical Engines, 20 looms",
        ["pipeline.name"] = "Partners",
        ["product.name"] = "Loom",
        ["api_key.name"] = "Shop import",
        ["role.name"] = "sales",
        ["stage.name"] = "Negotiation",
        ["team.name"] = "Inside sales",
        ["user.name"] = "Olive Owner",
        ["admin"] = "Olive Owner",
        ["allowedIps"] = "192.0.2.0/24",
        ["beforeId"] = OtherId,
        ["boardRank"] = "V",
        ["city"] = "London",
        ["closeReason"] = "Price",
        ["code"] = "LOOM-1",
        ["country"] = "United Kingdom",
        ["currency"] = "EUR",
        ["description"] = "Met at the fair.",
        ["domain"] = "analytical.example",
        ["email"] = "ada@analytical.example",
        ["externalId"] = "CRM-4711",
        ["field"] = "createdAt",
        ["firstName"] = "Ada",
        ["identifier"] = "analytical",
        ["industry"] = "Machinery",
        ["jobTitle"] = "Programmer",
        ["lastName"] = "Byron",
        ["locale"] = "en-GB",
        ["mode"] = "bearer",
        ["name"] = "Ada Byron",
        ["password"] = "Weave-1843-patterns",
        ["currentPassword"] = "Weave-1843-patterns",
        ["newPassword"] = "Analyse-1844-engines",
        ["plan"] = "standard",
        ["phone"] = "+44 20 7946 0000",
        ["postalCode"] = "W1A 1AA",
        ["provider_key.name"] = "Lead analysis",
        ["provider"] = "openai",
        ["purpose"] = "lead_analysis",
        ["outcome"] = "opened",
        ["actorType"] = "user",
        ["last4"] = "f3Qz",
        ["secret"] = "as-the-service-gave-it-f3Qz",
        ["refreshToken"] = "crm_refresh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["region"] = "England",
        ["role"] = "member",
        ["scopes"] = "contacts:read",
        ["series"] = "Weaving",
        ["prefix"] = "crm_live_0000",
        ["lastFour"] = "0000",
        ["operation"] = "ListContacts",
        ["ipAddress"] = "192.0.2.7",
        ["street"] = "1 Dorset Street",
        ["timeZone"] = "Europe/London",
    };

    /// <summary>A whole record.</summary>
    public static JsonObject Of(RecordType type) => Object(type, type.Fields);

    /// <summary>The body of a create. It refers to nothing it need not refer to, so that it can be sent as it is.</summary>
    public static JsonObject OfCreate(RecordType type) =>
        Object(type, type.Fields.Where(f => f.Write != FieldWrite.Never && f.Name != "id" && (f.IsRequired || f.Relation is null)));

    /// <summary>The body of an update.</summary>
    public static JsonObject OfUpdate(RecordType type) =>
        Object(type, type.Fields.Where(f => f.Write == FieldWrite.Always && f.Relation is null).Take(2));

    /// <summary>The body of a query.</summary>
    public static JsonObject OfQuery() => new()
    {
        ["filter"] = OfFilter(),
        ["sort"] = new JsonArray("-createdAt"),
        ["limit"] = 20,
        ["count"] = "estimated",
    };

    /// <summary>A filter that every record type understands.</summary>
    public static JsonObject OfFilter() => new() { ["createdAt"] = new JsonObject { ["gte"] = "2026-01-01T00:00:00Z" } };

    /// <summary>A member that is no field of a record.</summary>
    public static JsonNode OfMember(string name, Type type) =>
        type == typeof(Guid) ? Id
        : type == typeof(DateTime) || type == typeof(DateTimeOffset) ? Instant
        : type == typeof(DateOnly) ? Instant[..10]
        : type == typeof(bool) ? true
        : type == typeof(string) ? Texts.GetValueOrDefault(name, "text")
        : 1;

    private static JsonObject Object(RecordType type, IEnumerable<Field> fields) =>
        new(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, OfField(type, f))));

    private static JsonNode? OfField(RecordType type, Field field) => field.Kind switch
    {
        _ when field.Name == "deletedAt" => null,
        FieldKind.Id => field.Name == "id" ? Id : OtherId,
        _ when field.Name == "version" => 3,
        FieldKind.Choice => field.Choices[0],
        FieldKind.Integer => Math.Clamp(field.Name.EndsWith("Year", StringComparison.Ordinal) ? 1843 : 20, field.Min, field.Max),
        FieldKind.Money => new JsonObject { ["amount"] = "1234.50", ["currency"] = "EUR" },
        FieldKind.Boolean => true,
        FieldKind.Date => Instant[..10],
        FieldKind.Timestamp => Instant,
        FieldKind.Tags when field.Name == "permissions" => new JsonArray("deals:read", "deals:write"),
        FieldKind.Tags => new JsonArray(Texts.GetValueOrDefault(field.Name, "key account")),
        FieldKind.Rules => field.Name == "scopes" ? new JsonObject { ["deals:write"] = "own" } : new JsonObject { ["deals.amount"] = "read" },
        FieldKind.Emails => new JsonArray(new JsonObject { ["value"] = Texts["email"], ["label"] = "work" }),
        FieldKind.Phones => new JsonArray(new JsonObject { ["value"] = Texts["phone"], ["label"] = "work" }),
        FieldKind.Addresses => new JsonArray(new JsonObject { ["street"] = Texts["street"], ["city"] = Texts["city"], ["country"] = Texts["country"] }),
        _ => Texts.GetValueOrDefault($"{type.Name}.{field.Name}") ?? Texts.GetValueOrDefault(field.Name, "text"),
    };
}
