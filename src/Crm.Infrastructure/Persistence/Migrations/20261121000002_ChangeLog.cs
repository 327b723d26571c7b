using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>The change log: append-only for the application, partitioned by month.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000002_ChangeLog")]
internal sealed class ChangeLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            -- No cache: numbers taken ahead by one session would come behind later ones of another.
            CREATE SEQUENCE changes_sequence AS bigint;
            GRANT USAGE ON SEQUENCE changes_sequence TO crm_app;

            CREATE TABLE changes (
                tenant_id      uuid        NOT NULL,
                at             timestamptz NOT NULL DEFAULT clock_timestamp(),
                id             uuid        NOT NULL,
                sequence       bigint      NOT NULL DEFAULT nextval('changes_sequence'),
                transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
                record_type    text        NOT NULL,
                record_id      uuid        NOT NULL,
                version        integer     NOT NULL,
                action         text        NOT NULL,
                actor_type     text        NOT NULL,
                actor_id       uuid        NULL,
                origin         text        NOT NULL,
                correlation_id text        NULL,
                causation_id   uuid        NULL,
                fields         jsonb       NOT NULL,
                CONSTRAINT pk_changes PRIMARY KEY (tenant_id, at, id)
            ) PARTITION BY RANGE (at);
            CREATE INDEX ix_changes__record ON changes (tenant_id, record_id, sequence);
            CREATE INDEX ix_changes__sequence ON changes (tenant_id, sequence);
            CREATE TABLE changes_default PARTITION OF changes DEFAULT;
            """);
        migrationBuilder.IsolateByTenant("changes", "SELECT, INSERT");
        migrationBuilder.IsolateByTenant("changes_default", grants: null);

        // Partitions are made ahead by the owner, at every migration run; what falls outside of them goes to the default one.
        migrationBuilder.Sql($$"""
            CREATE FUNCTION prepare_change_partitions(p_months integer) RETURNS integer
                LANGUAGE plpgsql SET search_path = pg_catalog, public
                AS $$
                DECLARE
                    first_day date;
                    partition text;
                    made integer := 0;
                BEGIN
                    FOR i IN 0..p_months LOOP
                        first_day := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => i);
                        partition := 'changes_' || to_char(first_day, 'YYYY_MM');
                        CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
                        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.changes FOR VALUES FROM (%L) TO (%L)',
                            partition, first_day::text || ' 00:00:00+00', (first_day + interval '1 month')::date::text || ' 00:00:00+00');
                        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition);
                        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition);
                        EXECUTE format('CREATE POLICY tenant_isolation ON public.%I USING (%s) WITH CHECK (%s)', partition,
                            $policy${{TenantTableExtensions.Policy}}$policy$, $policy${{TenantTableExtensions.Policy}}$policy$);
                        made := made + 1;
                    END LOOP;
                    RETURN made;
                END
                $$;
            REVOKE ALL ON FUNCTION prepare_change_partitions(integer) FROM PUBLIC;
            """);
    }
}
