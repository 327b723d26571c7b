using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Tenants and users above them; roles and memberships within them.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000001_Tenants")]
internal sealed class Tenants : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE tenants (
                id          uuid        NOT NULL PRIMARY KEY,
                identifier  text        NOT NULL CONSTRAINT uq_tenants__identifier UNIQUE
                                        CONSTRAINT ck_tenants__identifier CHECK (identifier ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
                name        text        NOT NULL,
                status      text        NOT NULL DEFAULT 'active',
                currency    text        NOT NULL DEFAULT 'USD',
                created_at  timestamptz NOT NULL DEFAULT now()
            );
            GRANT SELECT, INSERT, UPDATE ON tenants TO crm_app;

            CREATE TABLE users (
                id               uuid        NOT NULL PRIMARY KEY,
                email            text        NOT NULL,
                email_lower      text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email)) STORED CONSTRAINT uq_users__email UNIQUE,
                name             text        NOT NULL,
                name_lower       text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                password_hash    text        NULL,
                is_host_operator boolean     NOT NULL DEFAULT false,
                created_at       timestamptz NOT NULL DEFAULT now()
            );
            GRANT SELECT, INSERT, UPDATE ON users TO crm_app;

            CREATE TABLE host_changes (
                id             uuid        NOT NULL PRIMARY KEY,
                at             timestamptz NOT NULL DEFAULT clock_timestamp(),
                action         text        NOT NULL,
                subject        text        NOT NULL,
                actor_id       uuid        NULL,
                correlation_id text        NULL,
                fields         jsonb       NOT NULL DEFAULT '{}'
            );
            GRANT SELECT, INSERT ON host_changes TO crm_app;

            CREATE TABLE roles (
                tenant_id   uuid        NOT NULL CONSTRAINT fk_roles__tenant_id REFERENCES tenants (id),
                id          uuid        NOT NULL,
                name        text        NOT NULL,
                name_lower  text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                permissions text[]      NOT NULL,
                built_in    boolean     NOT NULL DEFAULT false,
                owner_id    uuid        NULL,
                version     integer     NOT NULL DEFAULT 1,
                created_at  timestamptz NOT NULL,
                updated_at  timestamptz NOT NULL,
                deleted_at  timestamptz NULL,
                CONSTRAINT pk_roles PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_roles__name ON roles (tenant_id, name_lower) WHERE deleted_at IS NULL;

            CREATE TABLE memberships (
                tenant_id  uuid        NOT NULL CONSTRAINT fk_memberships__tenant_id REFERENCES tenants (id),
                id         uuid        NOT NULL CONSTRAINT fk_memberships__user_id REFERENCES users (id),
                role_id    uuid        NOT NULL,
                active     boolean     NOT NULL DEFAULT true,
                owner_id   uuid        NULL,
                version    integer     NOT NULL DEFAULT 1,
                created_at timestamptz NOT NULL,
                updated_at timestamptz NOT NULL,
                deleted_at timestamptz NULL,
                CONSTRAINT pk_memberships PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_memberships__created ON memberships (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_memberships__role ON memberships (tenant_id, role_id);
            CREATE INDEX ix_memberships__user ON memberships (id);
            """);
        migrationBuilder.IsolateByTenant("roles");
        migrationBuilder.IsolateByTenant("memberships");
        migrationBuilder.ReferenceWithinTenant("memberships", "role_id", "roles");
        migrationBuilder.ReferenceWithinTenant("memberships", "owner_id", "memberships");
        migrationBuilder.ReferenceWithinTenant("roles", "owner_id", "memberships");

        // What a tenant sees of its users; runs with the rights, and under the policies, of whoever asks.
        migrationBuilder.Sql("""
            CREATE VIEW members WITH (security_invoker = true) AS
                SELECT m.tenant_id, m.id, m.version, m.created_at, m.updated_at, m.deleted_at, m.owner_id, m.role_id, m.active,
                       u.name, u.name_lower, u.email, u.email_lower
                FROM memberships m JOIN users u ON u.id = m.id;
            GRANT SELECT ON members TO crm_app;
            """);

        // The one way to see across tenants: which ones a person may sign in to. Its owner cannot log in and alone has a policy to read
        // them.
        migrationBuilder.Sql("""
            CREATE POLICY directory_read ON memberships FOR SELECT TO crm_directory USING (true);
            CREATE POLICY directory_read ON roles FOR SELECT TO crm_directory USING (true);
            GRANT SELECT ON memberships, roles, tenants TO crm_directory;

            CREATE FUNCTION user_memberships(p_user_id uuid)
                RETURNS TABLE (tenant_id uuid, identifier text, tenant_name text, tenant_status text, role text)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
                AS $$
                    SELECT t.id, t.identifier, t.name, t.status, r.name
                    FROM public.memberships m
                    JOIN public.roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
                    JOIN public.tenants t ON t.id = m.tenant_id
                    WHERE m.id = p_user_id AND m.active AND m.deleted_at IS NULL
                    ORDER BY t.identifier
                    LIMIT 1000
                $$;
            GRANT CREATE ON SCHEMA public TO crm_directory;
            ALTER FUNCTION user_memberships(uuid) OWNER TO crm_directory;
            REVOKE CREATE ON SCHEMA public FROM crm_directory;
            SET ROLE crm_directory;
            REVOKE ALL ON FUNCTION user_memberships(uuid) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION user_memberships(uuid) TO crm_app;
            RESET ROLE;
            """);
    }
}
