using Crm.Domain.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>A column the application writes, and how its value is taken from the entity.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Get">Takes the property's value from an entity.</param>
/// <param name="Convert">Turns a property's value into the column's, as the EF model says.</param>
internal sealed record WrittenColumn(string Name, NpgsqlDbType Type, Func<object, object?> Get, Func<object?, object?> Convert)
{
    /// <summary>The value to write for an entity.</summary>
    public object? Read(object entity) => Convert(Get(entity));

    /// <summary>The columns of an entity, without the tenant's id and without those the database makes.</summary>
    public static IReadOnlyList<WrittenColumn> Of(IEntityType type)
    {
        var columns = new List<WrittenColumn>();
        foreach (var property in type.GetProperties())
        {
            if (property.Name != nameof(Entity.TenantId) && property.PropertyInfo is { } info && !IsMadeByDatabase(property))
                columns.Add(new WrittenColumn(property.GetColumnName(), TypeOf(property), info.GetValue, Converter(property)));
        }

        foreach (var complex in type.GetComplexProperties())
        {
            foreach (var part in complex.ComplexType.GetProperties())
            {
                if (!IsMadeByDatabase(part))
                    columns.Add(new WrittenColumn(part.GetColumnName(), TypeOf(part), entity => complex.PropertyInfo!.GetValue(entity) is { } value ? part.PropertyInfo!.GetValue(value) : null, value => value));
            }
        }

        return columns;
    }

    private static bool IsMadeByDatabase(IProperty property) => property.ValueGenerated == ValueGenerated.OnAddOrUpdate || property.GetBeforeSaveBehavior() == PropertySaveBehavior.Ignore;

    private static Func<object?, object?> Converter(IProperty property)
    {
        if (property.GetColumnType() == "jsonb" && property.GetValueConverter() is { } converter)
            return value => value is null ? null : converter.ConvertToProvider(value);
        if (property.GetColumnType() == "text[]")
            return value => ((IEnumerable<string>?)value)?.ToArray();
        return value => value;
    }

    private static NpgsqlDbType TypeOf(IProperty property) => property.GetColumnType() switch
    {
        "uuid" => NpgsqlDbType.Uuid,
        "integer" => NpgsqlDbType.Integer,
        "bigint" => NpgsqlDbType.Bigint,
        "boolean" => NpgsqlDbType.Boolean,
        "date" => NpgsqlDbType.Date,
        "timestamp with time zone" => NpgsqlDbType.TimestampTz,
        "jsonb" => NpgsqlDbType.Jsonb,
        "text" => NpgsqlDbType.Text,
        "text[]" => NpgsqlDbType.Array | NpgsqlDbType.Text,
        var other => throw new InvalidOperationException($"The column {property.GetColumnName()} has the type {other}, which records do not use."),
    };
}
