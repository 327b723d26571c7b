using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Secrets;

/// <summary>Encrypts what was set in properties marked [Encrypted], before EF saves. Saves without any are not delayed by a trip.</summary>
[Scoped]
internal sealed class ValueEncryption(EncryptedColumns columns, DataKeys keys)
{
    /// <summary>Encrypts and empties the properties.</summary>
    public async Task EncryptAsync(CrmDbContext context, CancellationToken cancellationToken)
    {
        foreach (var entry in context.ChangeTracker.Entries<Entity>().Where(e => columns.Of(e.Entity.GetType()).Length > 0).ToList())
        {
            foreach (var column in columns.Of(entry.Entity.GetType()).ToArray().Where(c => c.Property.GetValue(entry.Entity) is not null))
            {
                using var key = await keys.TakeAsync(uses: 1, cancellationToken);
                var plain = (string)column.Property.GetValue(entry.Entity)!;
                var cell = new Cell(entry.Entity.TenantId, column.Table, column.Name, entry.Entity.Id);
                entry.Property(column.Shadow).CurrentValue = EncryptedText.Encrypt(key, plain, cell);
                column.Property.SetValue(entry.Entity, null);
            }
        }
    }
}
