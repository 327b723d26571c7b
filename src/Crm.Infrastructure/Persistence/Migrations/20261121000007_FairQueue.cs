using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// Tenants take turns in the queue of jobs. An entry of an older version has the first turn, which is no worse than it was.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000007_FairQueue")]
internal sealed class FairQueue : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("""
            ALTER TABLE job_queue ADD COLUMN turn bigint NOT NULL DEFAULT 0;
            CREATE INDEX ix_job_queue__turn ON job_queue (turn, available_at);
            CREATE INDEX ix_job_queue__tenant ON job_queue (tenant_id, turn);
            DROP INDEX ix_job_queue__available;
            """);
}
