using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace Crm.Infrastructure.Persistence;

/// <summary>Stamps a new entity with the tenant of the context it is added to.</summary>
internal sealed class TenantIdGenerator : ValueGenerator<Guid>
{
    public override bool GeneratesTemporaryValues => false;

    public override Guid Next(EntityEntry entry)
    {
        var tenantId = ((CrmDbContext)entry.Context).TenantId;
        return tenantId != Guid.Empty ? tenantId : throw new InvalidOperationException("There is no tenant to add to.");
    }
}
