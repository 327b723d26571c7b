using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Plans, settings and the end of tenants.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000015_Administration")]
internal sealed class Administration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            ALTER TABLE tenants
                ADD COLUMN version                  integer     NOT NULL DEFAULT 1,
                ADD COLUMN plan                     text        NOT NULL DEFAULT 'standard',
                ADD COLUMN limits                   jsonb       NOT NULL DEFAULT '{}',
                ADD COLUMN delete_after             timestamptz NULL,
                ADD COLUMN status_before            text        NULL,
                ADD COLUMN time_zone                text        NOT NULL DEFAULT 'UTC',
                ADD COLUMN locale                   text        NOT NULL DEFAULT 'en-US',
                ADD COLUMN require_if_match         boolean     NOT NULL DEFAULT false,
                ADD COLUMN password_min_length      integer     NULL,
                ADD COLUMN password_require_mixture boolean     NOT NULL DEFAULT false,
                ADD COLUMN session_idle_days        integer     NULL,
                ADD COLUMN session_lifetime_days    integer     NULL,
                ADD CONSTRAINT ck_tenants__delete_after CHECK ((delete_after IS NOT NULL) = (status IN ('deleting', 'purging')));
            CREATE INDEX ix_tenants__delete_after ON tenants (delete_after) WHERE delete_after IS NOT NULL;
            """);
        Limit(migrationBuilder);
        TightenPasswords(migrationBuilder);
        RemoveTenants(migrationBuilder);
        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Owner, BuiltInRoles.Admin], ["settings:read", "settings:write"]);
    }

    private static void Limit(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            -- Written for tenants with a limit alone. used is never less than what is there: it counts up with every record, and is set right when it says
            -- that the limit is reached, every ten minutes, and for a minute after the tenant was changed, while nodes may not know of the limit yet.
            CREATE TABLE plan_counters (
                tenant_id      uuid        NOT NULL CONSTRAINT fk_plan_counters__tenant_id REFERENCES tenants (id),
                kind           text        NOT NULL,
                used           bigint      NOT NULL,
                counted_at     timestamptz NOT NULL,
                tenant_version integer     NOT NULL,
                settled_at     timestamptz NOT NULL,
                CONSTRAINT pk_plan_counters PRIMARY KEY (tenant_id, kind)
            );
            """);
        migrationBuilder.IsolateByTenant("plan_counters", "SELECT, INSERT, UPDATE");

        // Runs with the rights, and under the policies, of whoever asks. The row is locked until the record is written or is not: so that
        // those who come at the same time are counted one after the other.
        migrationBuilder.Sql("""
            CREATE FUNCTION admit_record(p_tenant uuid, p_tenant_version integer, p_tables text[], p_limit bigint) RETURNS void
                LANGUAGE plpgsql SET search_path = pg_catalog, public
                AS $$
                DECLARE
                    counter public.plan_counters;
                    total bigint := 0;
                    found bigint;
                    counted text;
                BEGIN
                    INSERT INTO public.plan_counters AS c (tenant_id, kind, used, counted_at, tenant_version, settled_at)
                    VALUES (p_tenant, 'records', 0, '-infinity', p_tenant_version, clock_timestamp() + interval '1 minute')
                    ON CONFLICT (tenant_id, kind) DO UPDATE SET used = c.used + 1, tenant_version = excluded.tenant_version,
                        settled_at = CASE WHEN c.tenant_version = excluded.tenant_version THEN c.settled_at ELSE excluded.settled_at END
                    RETURNING * INTO counter;
                    IF counter.used > p_limit OR counter.counted_at < counter.settled_at OR counter.counted_at < clock_timestamp() - interval '10 minutes' THEN
                        FOREACH counted IN ARRAY p_tables LOOP
                            EXECUTE format('SELECT count(*) FROM public.%I WHERE tenant_id = $1', counted) INTO found USING p_tenant;
                            total := total + found;
                        END LOOP;
                        UPDATE public.plan_counters SET used = total + 1, counted_at = clock_timestamp()
                        WHERE tenant_id = p_tenant AND kind = 'records' RETURNING * INTO counter;
                        IF counter.used > p_limit THEN
                            RAISE EXCEPTION 'records % %', p_limit, total USING ERRCODE = 'CRM01';
                        END IF;
                    END IF;
                END
                $$;
            REVOKE ALL ON FUNCTION admit_record(uuid, integer, text[], bigint) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION admit_record(uuid, integer, text[], bigint) TO crm_app;
            """);
    }

    private static void TightenPasswords(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE FUNCTION user_password_rules(p_user_id uuid)
            RETURNS TABLE (min_length integer, require_mixture boolean)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
            AS $$
                SELECT max(t.password_min_length), coalesce(bool_or(t.password_require_mixture), false)
                FROM public.memberships m JOIN public.tenants t ON t.id = m.tenant_id
                WHERE m.id = p_user_id AND m.active AND m.deleted_at IS NULL
            $$;
        GRANT CREATE ON SCHEMA public TO crm_directory;
        ALTER FUNCTION user_password_rules(uuid) OWNER TO crm_directory;
        REVOKE CREATE ON SCHEMA public FROM crm_directory;
        SET ROLE crm_directory;
        REVOKE ALL ON FUNCTION user_password_rules(uuid) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION user_password_rules(uuid) TO crm_app;
        RESET ROLE;
        """);

    // The owner is under the policies too, and this function sets the tenant: so that it reaches no row of any other. It finds the tables
    // in the catalogue, so
    // that none can be forgotten: whatever has a column that ends in tenant_id is a tenant's, or is of a host table and tells of one.
    private static void RemoveTenants(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE FUNCTION purge_tenant(p_tenant uuid, p_limit integer) RETURNS integer
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            AS $$
            DECLARE
                place record;
                removed integer;
                total integer := 0;
                refused boolean := false;
                was text;
            BEGIN
                -- One node at a time. What is being restored is left alone; afterwards it is not due.
                PERFORM FROM public.tenants
                WHERE id = p_tenant AND status IN ('deleting', 'purging') AND delete_after <= clock_timestamp() FOR UPDATE SKIP LOCKED;
                IF NOT FOUND THEN
                    RETURN -1;
                END IF;
                UPDATE public.tenants SET status = 'purging', version = version + 1 WHERE id = p_tenant AND status = 'deleting';
                PERFORM set_config('app.tenant_id', p_tenant::text, true);

                FOR place IN
                    SELECT c.oid::regclass AS name, a.attname AS tenant FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname LIKE '%tenant\_id' AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped
                    ORDER BY c.relname
                LOOP
                    EXIT WHEN total >= p_limit;
                    BEGIN
                        EXECUTE format('DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$I = $1 LIMIT $2))', place.name, place.tenant)
                            USING p_tenant, p_limit - total;
                        GET DIAGNOSTICS removed = ROW_COUNT;
                        total := total + removed;
                    EXCEPTION WHEN foreign_key_violation THEN
                        refused := true;
                    END;
                END LOOP;
                IF total > 0 THEN
                    RETURN total;
                END IF;

                IF refused THEN
                    -- Rows of host tables that refer to such rows of host tables as tell of the tenant, as refresh tokens do to sessions.
                    FOR place IN
                        SELECT f.conrelid::regclass AS child, ca.attname AS reference, f.confrelid::regclass AS parent, pa.attname AS key, ta.attname AS tenant
                        FROM pg_constraint f
                        JOIN pg_attribute ca ON ca.attrelid = f.conrelid AND ca.attnum = f.conkey[1]
                        JOIN pg_attribute pa ON pa.attrelid = f.confrelid AND pa.attnum = f.confkey[1]
                        JOIN pg_attribute ta ON ta.attrelid = f.confrelid AND ta.attname LIKE '%tenant\_id' AND NOT ta.attisdropped
                        WHERE f.contype = 'f' AND cardinality(f.conkey) = 1
                    LOOP
                        EXIT WHEN total >= p_limit;
                        EXECUTE format('DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT c.ctid FROM %1$s c JOIN %s p ON p.%I = c.%I WHERE p.%I = $1 LIMIT $2))',
                            place.child, place.parent, place.key, place.reference, place.tenant) USING p_tenant, p_limit - total;
                        GET DIAGNOSTICS removed = ROW_COUNT;
                        total := total + removed;
                    END LOOP;

                    -- Rows that refer to one another in a circle: a reference that may be missing is given up.
                    FOR place IN
                        SELECT f.conrelid::regclass AS child, a.attname AS reference
                        FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[2]
                        WHERE f.contype = 'f' AND f.conparentid = 0 AND cardinality(f.conkey) = 2 AND NOT a.attnotnull
                          AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = f.conrelid AND t.attnum = f.conkey[1] AND t.attname = 'tenant_id')
                    LOOP
                        EXIT WHEN total >= p_limit;
                        EXECUTE format('UPDATE %s SET %I = NULL WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE tenant_id = $1 AND %2$I IS NOT NULL LIMIT $2))', place.child, place.reference)
                            USING p_tenant, p_limit - total;
                        GET DIAGNOSTICS removed = ROW_COUNT;
                        total := total + removed;
                    END LOOP;
                    IF total = 0 THEN
                        RAISE EXCEPTION 'The rows of tenant % refer to one another and cannot be removed', p_tenant;
                    END IF;
                    RETURN total;
                END IF;

                DELETE FROM public.tenants WHERE id = p_tenant RETURNING identifier INTO was;
                INSERT INTO public.host_changes (id, action, subject, actor_type, fields)
                VALUES (gen_random_uuid(), 'tenant_purged', 'tenant:' || p_tenant, 'system', jsonb_build_object('identifier', was, 'tenantId', p_tenant));
                RETURN 0;
            END
            $$;
        REVOKE ALL ON FUNCTION purge_tenant(uuid, integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION purge_tenant(uuid, integer) TO crm_app;
        """);
}
