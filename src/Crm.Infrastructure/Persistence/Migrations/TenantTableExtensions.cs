using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>The one template every tenant table is isolated by.</summary>
internal static class TenantTableExtensions
{
    /// <summary>
    /// The one policy expression. The sub-select makes the setting a constant of the plan, so that an index can be used;
    /// after a transaction-local setting ends it is '' and not NULL, hence nullif.
    /// </summary>
    public const string Policy = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)";

    /// <summary>Forces row-level security on a table, for its owner too, and grants the application what it needs.</summary>
    public static void IsolateByTenant(this MigrationBuilder migration, string table, string? grants = "SELECT, INSERT, UPDATE, DELETE")
    {
        migration.Sql($"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant_isolation ON {table} USING ({Policy}) WITH CHECK ({Policy});
            """);
        if (grants is not null)
            migration.Sql($"GRANT {grants} ON {table} TO crm_app;");
    }

    /// <summary>Adds a foreign key that cannot leave the tenant: both sides carry the tenant's id.</summary>
    public static void ReferenceWithinTenant(this MigrationBuilder migration, string table, string column, string principal, string onDelete = "NO ACTION") =>
        migration.Sql($"""
            ALTER TABLE {table} ADD CONSTRAINT fk_{table}__{column}
                FOREIGN KEY (tenant_id, {column}) REFERENCES {principal} (tenant_id, id) ON DELETE {onDelete};
            """);
}
