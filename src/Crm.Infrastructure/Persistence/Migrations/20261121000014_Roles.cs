using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// What roles say beside permissions: whose records those cover, and which fields; teams, which one of the scopes rests on.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000014_Roles")]
internal sealed class Roles : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            ALTER TABLE roles
                ADD COLUMN description text  NULL,
                ADD COLUMN scopes      jsonb NOT NULL DEFAULT '{}',
                ADD COLUMN fields      jsonb NOT NULL DEFAULT '{}';
            CREATE INDEX ix_roles__created ON roles (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_roles__owner ON roles (tenant_id, owner_id);

            CREATE TABLE teams (
                tenant_id   uuid        NOT NULL CONSTRAINT fk_teams__tenant_id REFERENCES tenants (id),
                id          uuid        NOT NULL,
                name        text        NOT NULL,
                name_lower  text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                description text        NULL,
                owner_id    uuid        NULL,
                version     integer     NOT NULL DEFAULT 1,
                created_at  timestamptz NOT NULL,
                updated_at  timestamptz NOT NULL,
                deleted_at  timestamptz NULL,
                CONSTRAINT pk_teams PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_teams__name ON teams (tenant_id, name_lower) WHERE deleted_at IS NULL;
            CREATE INDEX ix_teams__created ON teams (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_teams__owner ON teams (tenant_id, owner_id);

            CREATE TABLE team_members (
                tenant_id  uuid        NOT NULL CONSTRAINT fk_team_members__tenant_id REFERENCES tenants (id),
                id         uuid        NOT NULL,
                team_id    uuid        NOT NULL,
                user_id    uuid        NOT NULL,
                active     boolean     NOT NULL DEFAULT true,
                owner_id   uuid        NULL,
                version    integer     NOT NULL DEFAULT 1,
                created_at timestamptz NOT NULL,
                updated_at timestamptz NOT NULL,
                deleted_at timestamptz NULL,
                CONSTRAINT pk_team_members PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_team_members__user ON team_members (tenant_id, user_id, team_id);
            CREATE INDEX ix_team_members__team ON team_members (tenant_id, team_id, user_id) WHERE active;
            CREATE INDEX ix_team_members__owner ON team_members (tenant_id, owner_id);
            """);
        foreach (var table in new[] { "teams", "team_members" })
        {
            migrationBuilder.IsolateByTenant(table);
            migrationBuilder.ReferenceWithinTenant(table, "owner_id", "memberships");
        }

        migrationBuilder.ReferenceWithinTenant("team_members", "team_id", "teams", onDelete: "CASCADE");
        migrationBuilder.ReferenceWithinTenant("team_members", "user_id", "memberships");

        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Owner, BuiltInRoles.Admin], ["roles:read", "roles:write", "teams:read", "teams:write"]);
        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Member, BuiltInRoles.Viewer], ["teams:read"]);
    }
}
