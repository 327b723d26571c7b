using Crm.Isolation.Tests.Catalog;
using Npgsql;

namespace Crm.Isolation.Tests.Probing;

/// <summary>Hashes all rows of a tenant, as the superuser sees them, so that not one byte can change unnoticed.</summary>
internal sealed class RowHash(NpgsqlConnection superuser, Guid tenantId)
{
    private string? _sql;

    /// <summary>Hashes the rows of each table.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TakeAsync()
    {
        _sql ??= string.Join(" UNION ALL ", (await new CatalogCheck(superuser).TenantTablesAsync()).Select(t => Of(t, $"{t} t WHERE t.tenant_id = $1"))
            .Append(Of("tenants", "tenants t WHERE t.id = $1"))
            .Append(Of("sessions", "sessions t WHERE t.tenant_id = $1"))
            .Append(Of("users", "users t WHERE t.id IN (SELECT m.id FROM memberships m WHERE m.tenant_id = $1)")));
        return (await superuser.ListAsync(_sql, r => (r.GetString(0), r.GetString(1)), tenantId)).ToDictionary();
    }

    private static string Of(string name, string rows) =>
        $"SELECT '{name}', coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {rows}";
}
