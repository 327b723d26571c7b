using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>References between records: both sides carry the tenant's id, so that none can point into another tenant.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000004_RecordReferences")]
internal sealed class RecordReferences : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        foreach (var table in new[] { "companies", "contacts", "products", "pipelines", "stages", "deals" })
        {
            migrationBuilder.Sql($"ALTER TABLE {table} ADD CONSTRAINT fk_{table}__tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id);");
            migrationBuilder.ReferenceWithinTenant(table, "owner_id", "memberships");
        }

        migrationBuilder.ReferenceWithinTenant("companies", "parent_id", "companies");
        migrationBuilder.ReferenceWithinTenant("contacts", "company_id", "companies");
        migrationBuilder.ReferenceWithinTenant("stages", "pipeline_id", "pipelines");
        migrationBuilder.ReferenceWithinTenant("deals", "pipeline_id", "pipelines");
        migrationBuilder.ReferenceWithinTenant("deals", "stage_id", "stages");
        migrationBuilder.ReferenceWithinTenant("deals", "company_id", "companies");
        migrationBuilder.ReferenceWithinTenant("deals", "contact_id", "contacts");
        migrationBuilder.ReferenceWithinTenant("deals", "product_id", "products");
        migrationBuilder.ReferenceWithinTenant("deal_stage_changes", "deal_id", "deals", "CASCADE");
        migrationBuilder.ReferenceWithinTenant("deal_stage_changes", "from_stage_id", "stages");
        migrationBuilder.ReferenceWithinTenant("deal_stage_changes", "to_stage_id", "stages");
        migrationBuilder.ReferenceWithinTenant("company_tags", "record_id", "companies", "CASCADE");
        migrationBuilder.ReferenceWithinTenant("contact_tags", "record_id", "contacts", "CASCADE");
        migrationBuilder.ReferenceWithinTenant("contact_emails", "record_id", "contacts", "CASCADE");
        migrationBuilder.ReferenceWithinTenant("deal_tags", "record_id", "deals", "CASCADE");
    }
}
