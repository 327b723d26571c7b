using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// Where changes come from, security events beside them, what they are found by, and the seals that make tampering evident.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000016_Audit")]
internal sealed class Audit : Migration
{
    // What a seal says is told in docs/operations/audit.md.
    private const string SealColumns = """
        number              bigint      NOT NULL,
        at                  timestamptz NOT NULL,
        last_transaction_id xid8        NOT NULL,
        last_sequence       bigint      NOT NULL,
        contents            bytea       NOT NULL,
        previous_hash       bytea       NOT NULL,
        hash                bytea       NOT NULL,
        key_id              text        NOT NULL,
        signature           bytea       NOT NULL,
        """;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            ALTER TABLE changes ADD COLUMN address inet NULL, ADD COLUMN session_id uuid NULL;

            -- Readers take entries in commit-safe order: by the transaction, then by the number.
            DROP INDEX ix_changes__sequence;
            CREATE INDEX ix_changes__position ON changes (tenant_id, transaction_id, sequence);

            -- The log is shown newest first, whatever it is filtered by.
            DROP INDEX ix_changes__record;
            CREATE INDEX ix_changes__record ON changes (tenant_id, record_id, at, id);
            CREATE INDEX ix_changes__actor ON changes (tenant_id, actor_id, at, id) WHERE actor_id IS NOT NULL;
            CREATE INDEX ix_changes__correlation ON changes (tenant_id, correlation_id, at, id) WHERE correlation_id IS NOT NULL;
            CREATE INDEX ix_changes__address ON changes (tenant_id, address, at, id) WHERE address IS NOT NULL;
            CREATE INDEX ix_changes__security ON changes (tenant_id, action, at, id) WHERE version = 0;

            CREATE SEQUENCE host_changes_sequence AS bigint;
            GRANT USAGE ON SEQUENCE host_changes_sequence TO crm_app;
            ALTER TABLE host_changes
                ADD COLUMN sequence       bigint NOT NULL DEFAULT nextval('host_changes_sequence'),
                ADD COLUMN transaction_id xid8   NOT NULL DEFAULT pg_current_xact_id(),
                ADD COLUMN actor_type     text   NOT NULL DEFAULT 'user',
                ADD COLUMN origin         text   NOT NULL DEFAULT 'System',
                ADD COLUMN address        inet   NULL,
                ADD COLUMN session_id     uuid   NULL,
                ADD COLUMN record_type    text   NOT NULL GENERATED ALWAYS AS (split_part(subject, ':', 1)) STORED,
                ADD COLUMN record_id      text   NOT NULL GENERATED ALWAYS AS (split_part(subject, ':', 2)) STORED;
            CREATE INDEX ix_host_changes__at ON host_changes (at, id);
            CREATE INDEX ix_host_changes__position ON host_changes (transaction_id, sequence);
            CREATE INDEX ix_host_changes__record ON host_changes (record_id, at, id);
            CREATE INDEX ix_host_changes__actor ON host_changes (actor_id, at, id) WHERE actor_id IS NOT NULL;
            CREATE INDEX ix_host_changes__action ON host_changes (action, at, id);
            CREATE INDEX ix_host_changes__correlation ON host_changes (correlation_id, at, id) WHERE correlation_id IS NOT NULL;
            CREATE INDEX ix_host_changes__address ON host_changes (address, at, id) WHERE address IS NOT NULL;
            """);

        migrationBuilder.Sql($"CREATE TABLE change_seals (tenant_id uuid NOT NULL, {SealColumns} CONSTRAINT pk_change_seals PRIMARY KEY (tenant_id, number));");
        migrationBuilder.IsolateByTenant("change_seals", "SELECT, INSERT");
        migrationBuilder.Sql($"CREATE TABLE host_seals ({SealColumns} CONSTRAINT pk_host_seals PRIMARY KEY (number)); GRANT SELECT, INSERT ON host_seals TO crm_app;");

        // The sealer asks once for all tenants, with the rights of the application and under the policies: each tenant is looked at in its
        // own
        // name, which costs a look at its last seal and one behind it.
        migrationBuilder.Sql("""
            CREATE FUNCTION unsealed_tenants(p_limit integer) RETURNS SETOF uuid
                LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
                AS $$
                DECLARE
                    tenant uuid;
                    after_transaction xid8;
                    after_sequence bigint;
                    told integer := 0;
                BEGIN
                    FOR tenant IN SELECT id FROM tenants LOOP
                        EXIT WHEN told >= p_limit;
                        PERFORM set_config('app.tenant_id', tenant::text, true);
                        SELECT s.last_transaction_id, s.last_sequence INTO after_transaction, after_sequence
                        FROM change_seals s WHERE s.tenant_id = tenant ORDER BY s.number DESC LIMIT 1;
                        PERFORM FROM changes c
                        WHERE c.tenant_id = tenant
                          AND (c.transaction_id, c.sequence) > (coalesce(after_transaction, '0'::xid8), coalesce(after_sequence, 0))
                          AND c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
                        ORDER BY c.transaction_id, c.sequence LIMIT 1;
                        IF FOUND THEN
                            told := told + 1;
                            RETURN NEXT tenant;
                        END IF;
                    END LOOP;
                    PERFORM set_config('app.tenant_id', '', true);
                END
                $$;
            REVOKE ALL ON FUNCTION unsealed_tenants(integer) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION unsealed_tenants(integer) TO crm_app;
            """);

        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Owner, BuiltInRoles.Admin], [Permissions.ReadAudit]);
    }
}
