using System.Collections.Frozen;
using Crm.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Crm.Infrastructure.Secrets;

/// <summary>The columns that are kept encrypted, read off the model once.</summary>
[Singleton]
internal sealed class EncryptedColumns
{
    private readonly FrozenDictionary<Type, EncryptedColumn[]> _byEntity;

    public EncryptedColumns(IDbContextFactory<CrmDbContext> contexts)
    {
        using var context = contexts.CreateDbContext();
        All = EncryptedColumn.Of(context.Model);
        _byEntity = All.GroupBy(c => c.Property.DeclaringType!).ToFrozenDictionary(g => g.Key, g => g.ToArray());
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<EncryptedColumn> All { get; }

    /// <summary>Those of an entity.</summary>
    public ReadOnlySpan<EncryptedColumn> Of(Type entity) => _byEntity.GetValueOrDefault(entity);
}
