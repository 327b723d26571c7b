using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>A tenant's settings become one column, and a live session is defined once.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000018_TenantSettings")]
internal sealed class TenantSettings : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            ALTER TABLE tenants ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
            UPDATE tenants SET settings = jsonb_build_object(
                'timeZone', time_zone, 'locale', locale, 'requireIfMatch', require_if_match,
                'passwordMinLength', password_min_length, 'passwordRequireMixture', password_require_mixture,
                'sessionIdleDays', session_idle_days, 'sessionLifetimeDays', session_lifetime_days);
            ALTER TABLE tenants
                DROP COLUMN time_zone, DROP COLUMN locale, DROP COLUMN require_if_match,
                DROP COLUMN password_min_length, DROP COLUMN password_require_mixture,
                DROP COLUMN session_idle_days, DROP COLUMN session_lifetime_days;

            -- A setting that is a number of days; NULL where the tenant has not set it, which least passes over.
            CREATE FUNCTION setting_days(p_settings jsonb, p_name text) RETURNS interval
                LANGUAGE sql IMMUTABLE RETURN make_interval(days => (p_settings ->> p_name)::integer);
            REVOKE ALL ON FUNCTION setting_days(jsonb, text) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION setting_days(jsonb, text) TO crm_app;

            -- The definition of a live session: not revoked, and not ended by its own times or by its tenant's rules as they are now.
            CREATE VIEW live_sessions WITH (security_invoker) AS
                SELECT s.id, s.user_id, s.tenant_id, s.created_at, s.last_used_at, e.ends_at, s.user_agent, s.ip_address
                FROM sessions s
                LEFT JOIN tenants t ON t.id = s.tenant_id
                CROSS JOIN LATERAL (SELECT least(
                    s.ends_at, s.expires_at,
                    s.last_used_at + setting_days(t.settings, 'sessionIdleDays'),
                    s.created_at + setting_days(t.settings, 'sessionLifetimeDays')) AS ends_at) e
                WHERE s.revoked_at IS NULL AND e.ends_at > clock_timestamp();
            GRANT SELECT ON live_sessions TO crm_app;
            """);
        migrationBuilder.Sql("""
            GRANT CREATE ON SCHEMA public TO crm_directory;
            SET ROLE crm_directory;
            CREATE OR REPLACE FUNCTION user_password_rules(p_user_id uuid)
                RETURNS TABLE (min_length integer, require_mixture boolean)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
                AS $$
                    SELECT max((t.settings ->> 'passwordMinLength')::integer),
                           coalesce(bool_or((t.settings ->> 'passwordRequireMixture')::boolean), false)
                    FROM public.memberships m JOIN public.tenants t ON t.id = m.tenant_id
                    WHERE m.id = p_user_id AND m.active AND m.deleted_at IS NULL
                $$;
            RESET ROLE;
            REVOKE CREATE ON SCHEMA public FROM crm_directory;
            """);
    }
}
