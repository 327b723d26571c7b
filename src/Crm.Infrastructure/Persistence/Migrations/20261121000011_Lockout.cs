using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Wrong passwords in a row: above tenants, since they are counted before it is known who somebody is.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000011_Lockout")]
internal sealed class Lockout : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- account_id refers to nothing: addresses that nobody has are counted too. device_id is all zeros for strangers.
        CREATE TABLE lockouts (
            account_id uuid        NOT NULL,
            device_id  uuid        NOT NULL,
            failures   integer     NOT NULL CONSTRAINT ck_lockouts__failures CHECK (failures > 0),
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_lockouts PRIMARY KEY (account_id, device_id)
        );
        CREATE INDEX ix_lockouts__expires ON lockouts (expires_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON lockouts TO crm_app;
        """);
}
