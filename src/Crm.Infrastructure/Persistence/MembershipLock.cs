using Crm.Application.Administration;

namespace Crm.Infrastructure.Persistence;

/// <summary>A lock of the transaction's, named after the tenant.</summary>
[Transient]
internal sealed class MembershipLock(TenantSession session) : IMembershipLock
{
    public Task HoldAsync(CancellationToken cancellationToken) => session.ExecuteAsync(
        Sql.Of($"SELECT pg_advisory_xact_lock(hashtextextended('memberships' || {Sql.Tenant}::text, 0))"), cancellationToken);
}
