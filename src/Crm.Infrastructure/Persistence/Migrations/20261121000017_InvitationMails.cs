using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>When mails were asked for, so that no tenant fills a mailbox with invitations.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000017_InvitationMails")]
internal sealed class InvitationMails : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE one_time_links
            ADD COLUMN asked_at timestamptz[] NOT NULL DEFAULT '{}',
            ADD COLUMN email_lower text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email)) STORED;
        CREATE INDEX ix_one_time_links__invited ON one_time_links (inviting_tenant_id, email_lower) WHERE inviting_tenant_id IS NOT NULL;
        """);
}
