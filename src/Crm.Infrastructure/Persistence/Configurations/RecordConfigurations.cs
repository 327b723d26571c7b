using System.Text.Json;
using Crm.Domain.Companies;
using Crm.Domain.Contacts;
using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using Crm.Domain.Products;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Infrastructure.Persistence.Configurations;

internal sealed class CompanyConfiguration : IEntityTypeConfiguration<Company>
{
    public void Configure(EntityTypeBuilder<Company> builder)
    {
        builder.ToTable("companies");
        builder.LowerCaseTwin("NameLower");
        builder.ComplexProperty(c => c.AnnualRevenue);
        builder.PrimitiveCollection(c => c.Tags);
    }
}

internal sealed class ContactConfiguration : IEntityTypeConfiguration<Contact>
{
    public void Configure(EntityTypeBuilder<Contact> builder)
    {
        builder.ToTable("contacts");
        builder.LowerCaseTwin("NameLower");
        builder.LowerCaseTwin("EmailLower");
        builder.Property(c => c.Name).ValueGeneratedOnAddOrUpdate();
        builder.Property(c => c.Email).ValueGeneratedOnAddOrUpdate();
        builder.Property(c => c.Phone).ValueGeneratedOnAddOrUpdate();
        AsJson(builder.Property(c => c.Emails));
        AsJson(builder.Property(c => c.Phones));
        AsJson(builder.Property(c => c.Addresses));
        builder.PrimitiveCollection(c => c.Tags);
    }

    private static void AsJson<T>(PropertyBuilder<IReadOnlyList<T>> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<List<T>>(text, JsonSerializerOptions.Web)!,
            new ValueComparer<IReadOnlyList<T>>(
                (a, b) => ReferenceEquals(a, b) || (a != null && b != null && a.SequenceEqual(b)),
                list => list.Aggregate(0, (hash, item) => HashCode.Combine(hash, item))));
}

internal sealed class ProductConfiguration : IEntityTypeConfiguration<Product>
{
    public void Configure(EntityTypeBuilder<Product> builder)
    {
        builder.ToTable("products");
        builder.LowerCaseTwin("NameLower");
        builder.ComplexProperty(p => p.Price);
    }
}

internal sealed class PipelineConfiguration : IEntityTypeConfiguration<Pipeline>
{
    public void Configure(EntityTypeBuilder<Pipeline> builder)
    {
        builder.ToTable("pipelines");
        builder.LowerCaseTwin("NameLower");
        builder.HasMany(p => p.Stages).WithOne().HasForeignKey(nameof(Stage.TenantId), nameof(Stage.PipelineId));
        builder.Navigation(p => p.Stages).HasField("_stages");
    }
}

internal sealed class StageConfiguration : IEntityTypeConfiguration<Stage>
{
    public void Configure(EntityTypeBuilder<Stage> builder)
    {
        builder.ToTable("stages");
        builder.LowerCaseTwin("NameLower");
    }
}

internal sealed class DealConfiguration : IEntityTypeConfiguration<Deal>
{
    public void Configure(EntityTypeBuilder<Deal> builder)
    {
        builder.ToTable("deals");
        builder.ComplexProperty(d => d.Amount);
        builder.ComplexProperty(d => d.WeightedAmount, weighted =>
        {
            // Made by the database and never read back by a save: EF cannot take an empty amount from what an update returns.
            foreach (var part in weighted.Metadata.ComplexType.GetProperties())
            {
                part.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
                part.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
            }
        });
        builder.LowerCaseTwin("NameLower");
        builder.PrimitiveCollection(d => d.Tags);
    }
}

internal sealed class StageChangeConfiguration : IEntityTypeConfiguration<StageChange>
{
    public void Configure(EntityTypeBuilder<StageChange> builder) => builder.ToTable("deal_stage_changes");
}
