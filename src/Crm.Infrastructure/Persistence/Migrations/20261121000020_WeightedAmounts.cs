using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>A weighted amount is rounded half away from zero: an integer division cuts towards it, so that negative amounts lost a minor unit.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000020_WeightedAmounts")]
internal sealed class WeightedAmounts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE deals DROP COLUMN weighted_amount_minor;
        ALTER TABLE deals ADD COLUMN weighted_amount_minor bigint NULL GENERATED ALWAYS AS (
            (amount_minor * probability + CASE WHEN amount_minor < 0 THEN -50 ELSE 50 END) / 100) STORED;
        """);
}
