using System.Linq.Expressions;
using System.Text;
using Crm.Domain.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// What holds for every entity without being said: snake_case, isolation by tenant, the trash, the version as concurrency token.
/// </summary>
internal static class ModelConventions
{
    /// <summary>Applies the conventions to all entities of the model.</summary>
    public static void ApplyConventions(this ModelBuilder modelBuilder, CrmDbContext context)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes().ToList())
        {
            // Isolation is the default; an entity opts out by saying that it belongs to the host.
            if (!typeof(IHostEntity).IsAssignableFrom(entity.ClrType))
            {
                if (!typeof(Entity).IsAssignableFrom(entity.ClrType))
                    throw new InvalidOperationException($"{entity.ClrType.Name} is neither an Entity of a tenant nor an IHostEntity.");

                var builder = modelBuilder.Entity(entity.ClrType);
                builder.HasKey(nameof(Entity.TenantId), nameof(Entity.Id));
                builder.Property(nameof(Entity.Id)).ValueGeneratedNever();
                builder.Property(nameof(Entity.TenantId)).ValueGeneratedNever();
                builder.HasQueryFilter(CrmDbContext.TenantFilter, OfTenant(entity.ClrType, context));
                if (typeof(Record).IsAssignableFrom(entity.ClrType))
                {
                    builder.Property(nameof(Record.Version)).IsConcurrencyToken();
                    builder.HasQueryFilter(CrmDbContext.TrashFilter, NotInTrash(entity.ClrType));
                }
            }

            NameColumns(entity);
            EncryptedColumn.Map(modelBuilder, entity);
        }
    }

    /// <summary>The name in the database of a name in code: <c>CreatedAt</c> is <c>created_at</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static void NameColumns(IMutableEntityType entity)
    {
        foreach (var property in entity.GetProperties())
            property.SetColumnName(SnakeCase(property.Name));
        foreach (var complex in entity.GetComplexProperties())
        {
            foreach (var property in complex.ComplexType.GetProperties())
                property.SetColumnName($"{SnakeCase(complex.Name)}_{SnakeCase(property.Name)}");
        }
    }

    private static LambdaExpression OfTenant(Type type, CrmDbContext context)
    {
        var entity = Expression.Parameter(type, "e");
        var tenant = Expression.Property(Expression.Constant(context), nameof(CrmDbContext.TenantId));
        return Expression.Lambda(Expression.Equal(Expression.Property(entity, nameof(Entity.TenantId)), tenant), entity);
    }

    private static LambdaExpression NotInTrash(Type type)
    {
        var entity = Expression.Parameter(type, "e");
        var deletedAt = Expression.Property(entity, nameof(Record.DeletedAt));
        return Expression.Lambda(Expression.Equal(deletedAt, Expression.Constant(null, typeof(DateTimeOffset?))), entity);
    }
}
