using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Sessions and their refresh tokens: above tenants, since both are looked up before a tenant is known.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000009_Sessions")]
internal sealed class Sessions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- tenant_id is NULL for a session of the host's operator. ends_at moves on with every refresh, expires_at stays.
        CREATE TABLE sessions (
            id             uuid        NOT NULL CONSTRAINT pk_sessions PRIMARY KEY,
            user_id        uuid        NOT NULL CONSTRAINT fk_sessions__user_id REFERENCES users (id),
            tenant_id      uuid        NULL CONSTRAINT fk_sessions__tenant_id REFERENCES tenants (id),
            created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
            last_used_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
            ends_at        timestamptz NOT NULL,
            expires_at     timestamptz NOT NULL,
            user_agent     text        NULL CONSTRAINT ck_sessions__user_agent CHECK (char_length(user_agent) <= 256),
            ip_address     inet        NULL,
            revoked_at     timestamptz NULL,
            revoked_reason text        NULL
        );
        CREATE INDEX ix_sessions__user ON sessions (user_id, last_used_at DESC, id DESC);
        CREATE INDEX ix_sessions__tenant ON sessions (tenant_id);
        CREATE INDEX ix_sessions__ends ON sessions (ends_at);
        GRANT SELECT, INSERT, DELETE, UPDATE (last_used_at, ends_at, user_agent, ip_address, revoked_at, revoked_reason) ON sessions TO crm_app;

        -- The salt is made when the token is used; with it and the token itself, and only with both, the successor can be derived again.
        CREATE TABLE refresh_tokens (
            hash       bytea       NOT NULL CONSTRAINT pk_refresh_tokens PRIMARY KEY CONSTRAINT ck_refresh_tokens__hash CHECK (octet_length(hash) = 32),
            session_id uuid        NOT NULL CONSTRAINT fk_refresh_tokens__session_id REFERENCES sessions (id),
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            expires_at timestamptz NOT NULL,
            used_at    timestamptz NULL,
            salt       bytea       NULL,
            CONSTRAINT ck_refresh_tokens__salt CHECK ((used_at IS NULL) = (salt IS NULL))
        );
        CREATE INDEX ix_refresh_tokens__session ON refresh_tokens (session_id);
        CREATE INDEX ix_refresh_tokens__expires ON refresh_tokens (expires_at);
        GRANT SELECT, INSERT, DELETE, UPDATE (used_at, salt) ON refresh_tokens TO crm_app;
        """);
}
