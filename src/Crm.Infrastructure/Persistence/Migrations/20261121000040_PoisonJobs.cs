using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>How often a worker that had claimed an entry of the queue died without giving it back.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000040_PoisonJobs")]
internal sealed class PoisonJobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("""
            ALTER TABLE job_queue
                ADD COLUMN claimed boolean NOT NULL DEFAULT false,
                ADD COLUMN deaths  integer NOT NULL DEFAULT 0;
            """);
}
