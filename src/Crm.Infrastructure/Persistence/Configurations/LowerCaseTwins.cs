using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Infrastructure.Persistence.Configurations;

/// <summary>Columns that the database keeps in lower case beside another, so that an index serves prefix and order under row-level security.</summary>
internal static class LowerCaseTwins
{
    /// <summary>Makes such a column known to the model.</summary>
    /// <param name="builder">The entity.</param>
    /// <param name="property">The shadow property, such as <c>NameLower</c>.</param>
    public static void LowerCaseTwin(this EntityTypeBuilder builder, string property) =>
        builder.Property<string?>(property).ValueGeneratedOnAddOrUpdate()
            // Null exactly where the original is.
            .IsRequired(!builder.Metadata.FindProperty(property[..^"Lower".Length])!.IsNullable);
}
