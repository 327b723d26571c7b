using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Infrastructure.Persistence.Configurations;

/// <summary>
/// Columns that the database keeps in lower case beside another, so that an index serves prefix and order under row-level security.
/// </summary>
internal static class LowerCaseTwins
{
    /// <summary>Makes such a column known to the model.</summary>
    public static void LowerCaseTwin(this EntityTypeBuilder builder, string property) =>
        builder.Property<string?>(property).ValueGeneratedOnAddOrUpdate()
            // Null exactly where the original is.
            .IsRequired(!builder.Metadata.FindProperty(property[..^"Lower".Length])!.IsNullable);
}
