using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Invitations within tenants; one-time links and the passwords of the past above them.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000008_Invitations")]
internal sealed class Invitations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE invitations (
                tenant_id   uuid        NOT NULL CONSTRAINT fk_invitations__tenant_id REFERENCES tenants (id),
                id          uuid        NOT NULL,
                email       text        NOT NULL,
                email_lower text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
                name        text        NOT NULL,
                role_id     uuid        NOT NULL,
                expires_at  timestamptz NOT NULL,
                accepted_at timestamptz NULL,
                owner_id    uuid        NULL,
                version     integer     NOT NULL DEFAULT 1,
                created_at  timestamptz NOT NULL,
                updated_at  timestamptz NOT NULL,
                deleted_at  timestamptz NULL,
                CONSTRAINT pk_invitations PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_invitations__email ON invitations (tenant_id, email_lower) WHERE deleted_at IS NULL AND accepted_at IS NULL;
            CREATE INDEX ix_invitations__created ON invitations (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_invitations__role ON invitations (tenant_id, role_id);
            CREATE INDEX ix_invitations__owner ON invitations (tenant_id, owner_id);
            """);
        migrationBuilder.IsolateByTenant("invitations");
        migrationBuilder.ReferenceWithinTenant("invitations", "role_id", "roles");
        migrationBuilder.ReferenceWithinTenant("invitations", "owner_id", "memberships");

        // A link is looked up by its hash before there is a tenant. The columns are not called tenant_id: the row is not a tenant's.
        migrationBuilder.Sql("""
            CREATE TABLE one_time_links (
                id                 uuid        NOT NULL PRIMARY KEY,
                purpose            text        NOT NULL,
                user_id            uuid        NULL CONSTRAINT fk_one_time_links__user_id REFERENCES users (id),
                inviting_tenant_id uuid        NULL CONSTRAINT fk_one_time_links__inviting_tenant_id REFERENCES tenants (id),
                invitation_id      uuid        NULL,
                email              text        NOT NULL,
                token_hash         bytea       NULL CONSTRAINT uq_one_time_links__token_hash UNIQUE,
                created_at         timestamptz NOT NULL DEFAULT now(),
                due_at             timestamptz NULL,
                attempts           integer     NOT NULL DEFAULT 0,
                expires_at         timestamptz NULL,
                used_at            timestamptz NULL
            );
            CREATE INDEX ix_one_time_links__due ON one_time_links (due_at) WHERE due_at IS NOT NULL;
            CREATE INDEX ix_one_time_links__user ON one_time_links (user_id, created_at);
            CREATE UNIQUE INDEX uq_one_time_links__invitation ON one_time_links (invitation_id);
            CREATE INDEX ix_one_time_links__created ON one_time_links (created_at);
            GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_links TO crm_app;

            CREATE TABLE password_history (
                user_id       uuid        NOT NULL CONSTRAINT fk_password_history__user_id REFERENCES users (id),
                replaced_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
                password_hash text        NOT NULL,
                CONSTRAINT pk_password_history PRIMARY KEY (user_id, replaced_at)
            );
            GRANT SELECT, INSERT, DELETE ON password_history TO crm_app;
            """);
    }
}
