using Crm.Application.Records;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>What a field looks like: in an answer, in a create, in a merge patch.</summary>
internal sealed class FieldSchemas(CommonSchemas common)
{
    /// <summary>The field in an answer. It says no limits: older records may exceed those of today.</summary>
    public IOpenApiSchema Answered(Field field)
    {
        IOpenApiSchema schema = field.Kind switch
        {
            FieldKind.Choice => SchemaRegistry.OneOfGrowing(field.Choices),
            FieldKind.Money => common.Money(),
            FieldKind.Tags => SchemaRegistry.List(SchemaRegistry.Text()),
            FieldKind.Emails or FieldKind.Phones => SchemaRegistry.List(common.ContactPoint()),
            FieldKind.Addresses => SchemaRegistry.List(common.PostalAddress()),
            FieldKind.Rules => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = SchemaRegistry.Text() },
            _ => Scalar(field.Kind),
        };
        if (field.Nullable)
            schema = SchemaRegistry.OrNull(schema);
        if (field.Write == FieldWrite.Never && schema is OpenApiSchema inline)
            inline.ReadOnly = true;
        return CommonSchemas.Described(schema, field.Summary);
    }

    /// <summary>The field as a client sends it.</summary>
    public IOpenApiSchema Sent(Field field, bool patch)
    {
        IOpenApiSchema schema = field.Kind switch
        {
            FieldKind.Text => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = field.IsRequired ? 1 : null, MaxLength = field.MaxLength },
            FieldKind.Choice => SchemaRegistry.OneOf(field.Choices),
            FieldKind.Integer => new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Minimum = field.Min == int.MinValue ? null : Invariant(field.Min),
                Maximum = field.Max == int.MaxValue ? null : Invariant(field.Max),
            },
            FieldKind.Money => patch ? common.MoneyPatch() : common.MoneyInput(),
            FieldKind.Tags => SchemaRegistry.List(new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = field.MaxLength }, field.MaxItems),
            FieldKind.Emails or FieldKind.Phones => SchemaRegistry.List(common.ContactPointInput(field.Kind, field.MaxLength), RecordLimits.Items),
            FieldKind.Addresses => SchemaRegistry.List(common.PostalAddressInput(field.MaxLength), RecordLimits.Items),
            FieldKind.Rules => new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                MaxProperties = field.MaxItems,
                AdditionalProperties = patch ? SchemaRegistry.OrNull(SchemaRegistry.Text(maxLength: field.MaxLength)) : SchemaRegistry.Text(maxLength: field.MaxLength),
            },
            _ => Scalar(field.Kind),
        };
        return CommonSchemas.Described(field.Nullable ? SchemaRegistry.OrNull(schema) : schema, field.Summary);
    }

    /// <summary>A value of a kind that is one JSON scalar.</summary>
    public static OpenApiSchema Scalar(FieldKind kind) => kind switch
    {
        FieldKind.Id => SchemaRegistry.Text("uuid"),
        FieldKind.Integer => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldKind.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldKind.Date => SchemaRegistry.Text("date"),
        FieldKind.Timestamp => SchemaRegistry.Text("date-time"),
        _ => SchemaRegistry.Text(),
    };

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
