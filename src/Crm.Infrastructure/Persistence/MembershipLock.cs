using Crm.Application.Administration;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence;

/// <summary>A lock of the transaction's, named after the tenant.</summary>
internal sealed class MembershipLock(TenantSession session) : IMembershipLock
{
    public Task HoldAsync(CancellationToken cancellationToken)
    {
        var statement = new SqlStatement(session.Tenant.TenantId);
        statement.Append($"SELECT pg_advisory_xact_lock(hashtextextended({statement.Parameter("memberships", NpgsqlDbType.Text)} || {SqlStatement.Tenant}::text, 0))");
        return session.ExecuteAsync([statement], cancellationToken);
    }
}
