using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// The statement that tells the database whose rows the rest of a transaction is about. For work of one batch; all else goes through <see
/// cref="TenantSession"/>.
/// </summary>
internal static class TenantSetting
{
    /// <summary>The statement, with the tenant's id as text for its parameter.</summary>
    public const string Sql = "SELECT set_config('app.tenant_id', $1, true)";

    /// <summary>
    /// Makes the first command of a batch: one batch is one transaction, so the setting holds for the commands behind it and ends with
    /// them.
    /// </summary>
    public static NpgsqlBatchCommand Of(Guid tenantId) => new(Sql) { Parameters = { new() { Value = tenantId.ToString() } } };
}
