using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// The change log's partitions are made ahead also where the default one holds entries of their months already, and by the running system
/// too, so that a system that runs for years without a migration never needs the default one.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000006_ChangePartitions")]
internal sealed class ChangePartitions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql($$"""
            CREATE OR REPLACE FUNCTION prepare_change_partitions(p_months integer) RETURNS integer
                LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
                AS $$
                DECLARE
                    first_day date;
                    lower_bound text;
                    upper_bound text;
                    partition text;
                    made integer := 0;
                BEGIN
                    -- Several nodes may look at the same moment; the later ones find nothing left to do.
                    PERFORM pg_advisory_xact_lock(hashtextextended('prepare_change_partitions', 0));
                    FOR i IN 0..least(p_months, 24) LOOP
                        first_day := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => i);
                        lower_bound := first_day::text || ' 00:00:00+00';
                        upper_bound := (first_day + interval '1 month')::date::text || ' 00:00:00+00';
                        partition := 'changes_' || to_char(first_day, 'YYYY_MM');
                        CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;

                        -- Beside a default partition that holds entries of the month the new one could not be made. While the default one is
                        -- detached nobody else reaches either, and only the owner is let through the policy.
                        IF made = 0 THEN
                            ALTER TABLE public.changes DETACH PARTITION public.changes_default;
                            ALTER TABLE public.changes_default NO FORCE ROW LEVEL SECURITY;
                        END IF;
                        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.changes FOR VALUES FROM (%L) TO (%L)', partition, lower_bound, upper_bound);
                        EXECUTE format('WITH moved AS (DELETE FROM public.changes_default WHERE at >= %L AND at < %L RETURNING *) INSERT INTO public.%I SELECT * FROM moved',
                            lower_bound, upper_bound, partition);
                        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition);
                        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition);
                        EXECUTE format('CREATE POLICY tenant_isolation ON public.%I USING (%s) WITH CHECK (%s)', partition,
                            $policy${{TenantTableExtensions.Policy}}$policy$, $policy${{TenantTableExtensions.Policy}}$policy$);
                        made := made + 1;
                    END LOOP;
                    IF made > 0 THEN
                        ALTER TABLE public.changes_default FORCE ROW LEVEL SECURITY;
                        ALTER TABLE public.changes ATTACH PARTITION public.changes_default DEFAULT;
                    END IF;
                    RETURN made;
                END
                $$;
            GRANT EXECUTE ON FUNCTION prepare_change_partitions(integer) TO crm_app;
            """);
}
