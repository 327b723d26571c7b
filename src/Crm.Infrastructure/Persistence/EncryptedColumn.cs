using System.Reflection;
using Crm.Domain.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// A column whose property is marked [Encrypted]. EF knows only the encrypted value, as a shadow property: the property itself is no part
/// of the model, so that neither a load nor the record engine can fill it.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Name">The column.</param>
/// <param name="Property">The entity's property.</param>
internal sealed record EncryptedColumn(string Table, string Name, PropertyInfo Property)
{
    /// <summary>The table, for SQL.</summary>
    public Identifier TableName { get; } = new(Table);

    /// <summary>The column, for SQL.</summary>
    public Identifier ColumnName { get; } = new(Name);

    /// <summary>Table and column, separated by a dot.</summary>
    public string FullName => $"{Table}.{Name}";

    /// <summary>The name of the shadow property that holds the encrypted value.</summary>
    public string Shadow => ShadowOf(Property);

    /// <summary>Makes the marked properties of an entity known to the model.</summary>
    public static void Map(ModelBuilder modelBuilder, IMutableEntityType entity)
    {
        foreach (var property in Marked(entity.ClrType))
        {
            var builder = modelBuilder.Entity(entity.ClrType);
            builder.Ignore(property.Name);
            builder.Property<string?>(ShadowOf(property)).HasColumnName(ModelConventions.SnakeCase(property.Name));
        }
    }

    /// <summary>All such columns of a model.</summary>
    public static IReadOnlyList<EncryptedColumn> Of(IModel model) =>
        [.. model.GetEntityTypes().SelectMany(e => Marked(e.ClrType).Select(p => new EncryptedColumn(e.GetTableName()!, ModelConventions.SnakeCase(p.Name), p)))];

    private static IEnumerable<PropertyInfo> Marked(Type type) => type.GetProperties().Where(p => p.IsDefined(typeof(EncryptedAttribute)));

    private static string ShadowOf(PropertyInfo property) => "Encrypted" + property.Name;
}
