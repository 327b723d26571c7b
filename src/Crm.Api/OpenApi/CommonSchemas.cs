using System.Text.Json.Nodes;
using Crm.Application.Records;
using Crm.Domain.Common;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The schemas that records and other answers share.</summary>
internal sealed class CommonSchemas(SchemaRegistry schemas)
{
    private const string Decimal = @"^-?\d+(\.\d+)?$";

    /// <summary>The named schemas.</summary>
    public SchemaRegistry Schemas { get; } = schemas;

    /// <summary>An amount as answered.</summary>
    public OpenApiSchemaReference Money() => Schemas.Refer(nameof(Money), () => Described(
        SchemaRegistry.Output(Amount(), "amount", "currency"), "An amount of money.", new JsonObject { ["amount"] = "1234.50", ["currency"] = "EUR" }));

    /// <summary>An amount as sent.</summary>
    public OpenApiSchemaReference MoneyInput() => Schemas.Refer(nameof(MoneyInput), () => Described(
        SchemaRegistry.Input(Amount(), "amount", "currency"), "An amount of money; with no more decimals than the currency has.", new JsonObject { ["amount"] = "1234.50", ["currency"] = "EUR" }));

    /// <summary>An amount in a merge patch, where either part may be kept.</summary>
    public OpenApiSchemaReference MoneyPatch() => Schemas.Refer(nameof(MoneyPatch), () => Described(
        SchemaRegistry.Input(Amount()), "An amount of money; a part that is left out is kept.", new JsonObject { ["amount"] = "1234.50" }));

    /// <summary>An e-mail address or telephone number with its label, as answered.</summary>
    public OpenApiSchemaReference ContactPoint() => Schemas.Refer(nameof(ContactPoint), () => Described(
        SchemaRegistry.Output(
        [
            new("value", Described(SchemaRegistry.Text(), "The address or number.")),
            new("label", Described(SchemaRegistry.OrNull(SchemaRegistry.Text()), "What it is for, such as work.")),
        ], "value"), "One way to reach a person."));

    /// <summary>An e-mail address or telephone number with its label, as sent.</summary>
    public OpenApiSchemaReference ContactPointInput(FieldKind kind, int maxLength) => Schemas.Refer(kind == FieldKind.Emails ? "EmailInput" : "PhoneInput", () => Described(
        SchemaRegistry.Input(
        [
            new("value", kind == FieldKind.Emails ? SchemaRegistry.Text("email", maxLength) : new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength }),
            new("label", Described(SchemaRegistry.OrNull(SchemaRegistry.Text(maxLength: RecordLimits.Label)), "What it is for, such as work.")),
        ], "value"), kind == FieldKind.Emails ? "An e-mail address." : "A telephone number."));

    /// <summary>A postal address as answered.</summary>
    public OpenApiSchemaReference PostalAddress() => Schemas.Refer(nameof(PostalAddress), () =>
        Described(SchemaRegistry.Output(AddressParts(null)), "A postal address; every part is optional."));

    /// <summary>A postal address as sent.</summary>
    public OpenApiSchemaReference PostalAddressInput(int maxLength) => Schemas.Refer(nameof(PostalAddressInput), () =>
        Described(SchemaRegistry.Input(AddressParts(maxLength)), "A postal address; every part is optional."));

    /// <summary>Where a list goes on.</summary>
    public OpenApiSchemaReference PageInfo() => Schemas.Refer(nameof(PageInfo), () => Described(
        SchemaRegistry.Output(
        [
            new("nextCursor", Described(SchemaRegistry.OrNull(SchemaRegistry.Text()), "Where the next page begins; null when this is the last.")),
            new("hasMore", Described(new OpenApiSchema { Type = JsonSchemaType.Boolean }, "Whether there is a next page.")),
        ], "nextCursor", "hasMore"), "Where a list goes on."));

    /// <summary>How many records a query finds.</summary>
    public OpenApiSchemaReference RecordCount() => Schemas.Refer(nameof(RecordCount), () => Described(
        SchemaRegistry.Output(
        [
            new("value", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" }),
            new("relation", SchemaRegistry.OneOfGrowing(["eq", "gte"])),
        ], "value", "relation"), "How many records there are over all pages: exactly so many (eq), or at least so many (gte)."));

    /// <summary>Any value that a field can have.</summary>
    public OpenApiSchemaReference FieldValue() => Schemas.Refer(nameof(FieldValue), () => Described(
        SchemaRegistry.AnyOf(
            SchemaRegistry.Text(), new OpenApiSchema { Type = JsonSchemaType.Number }, new OpenApiSchema { Type = JsonSchemaType.Boolean },
            Money(), new OpenApiSchema { Type = JsonSchemaType.Null }), "The value of a field, or a figure made of one."));

    /// <summary>A value in the change log: of any kind of field, lists included.</summary>
    public OpenApiSchemaReference LoggedValue() => Schemas.Refer(nameof(LoggedValue), () => Described(
        SchemaRegistry.AnyOf(FieldValue(), SchemaRegistry.List(SchemaRegistry.AnyOf(SchemaRegistry.Text(), new OpenApiSchema { Type = JsonSchemaType.Object }))),
        "The value of a field as the record had it, lists included."));

    /// <summary>Problem details (RFC 9457).</summary>
    public OpenApiSchemaReference Problem() => Schemas.Refer(nameof(Problem), () => Described(
        SchemaRegistry.Output(
        [
            new("type", Described(SchemaRegistry.Text("uri-reference"), "Where the code is explained.")),
            new("title", Described(SchemaRegistry.Text(), "The kind of problem in a few words.")),
            new("status", Described(new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" }, "The HTTP status.")),
            new("detail", Described(SchemaRegistry.Text(), "One sentence about this case.")),
            new("code", Described(SchemaRegistry.Text(), "The stable code to program against; /docs/errors lists them.")),
            new("traceId", Described(SchemaRegistry.Text(), "Finds the request in the log.")),
            new("errors", Described(SchemaRegistry.List(Fault()), "Every fault of the request.")),
        ], "type", "title", "status", "detail", "code", "traceId"),
        "Why a request was refused, or failed (RFC 9457). Some codes carry further members.",
        new JsonObject
        {
            ["type"] = "/docs/errors#validation_failed",
            ["title"] = "Invalid request",
            ["status"] = 400,
            ["detail"] = "The request is not valid; see errors.",
            ["code"] = "validation_failed",
            ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
            ["errors"] = new JsonArray(new JsonObject { ["pointer"] = "/name", ["code"] = "required", ["message"] = "This member is required." }),
        }));

    /// <summary>Adds a sentence, and an example, to a schema.</summary>
    /// <typeparam name="T">The kind of schema.</typeparam>
    public static T Described<T>(T schema, string description, JsonNode? example = null)
        where T : IOpenApiSchema
    {
        if (description.Length > 0)
            schema.Description = schema is OpenApiSchema && !string.IsNullOrEmpty(schema.Description) ? $"{description} {schema.Description}" : description;
        if (example is not null && schema is OpenApiSchema inline)
            inline.Examples = [example];
        return schema;
    }

    private static KeyValuePair<string, IOpenApiSchema>[] Amount() =>
    [
        new("amount", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = Decimal, MaxLength = 20, Description = "A decimal text in major units." }),
        new("currency", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$", Description = "A code of ISO 4217 in capitals." }),
    ];

    private static IEnumerable<KeyValuePair<string, IOpenApiSchema>> AddressParts(int? maxLength) =>
        new[] { "street", "city", "region", "postalCode", "country", "label" }
            .Select(part => KeyValuePair.Create(part, SchemaRegistry.OrNull(SchemaRegistry.Text(maxLength: maxLength))));

    private OpenApiSchemaReference Fault() => Schemas.Refer(nameof(FieldError), () => Described(
        SchemaRegistry.Output(
        [
            new("pointer", Described(SchemaRegistry.Text(), "The place in the body (RFC 6901); there when the fault is in the body.")),
            new("parameter", Described(SchemaRegistry.Text(), "The query parameter; there when the fault is in the query.")),
            new("code", Described(SchemaRegistry.Text(), "The stable code of the fault; /docs/errors lists them.")),
            new("message", Described(SchemaRegistry.Text(), "One sentence that says what would be right.")),
        ], "code", "message"), "One fault of a request."));
}
