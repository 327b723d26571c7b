using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Provider keys, what they were used for, and the keys that secrets are encrypted with.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000013_Secrets")]
internal sealed class Secrets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            -- Which key-encryption keys there are, never the keys. The one that is not retired wraps; one that wraps nothing any more is emptied.
            CREATE TABLE key_encryption_keys (
                id            text        NOT NULL CONSTRAINT pk_key_encryption_keys PRIMARY KEY,
                first_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                retired_at    timestamptz NULL,
                emptied_at    timestamptz NULL
            );
            CREATE UNIQUE INDEX uq_key_encryption_keys__current ON key_encryption_keys ((retired_at IS NULL)) WHERE retired_at IS NULL;
            GRANT SELECT, INSERT, UPDATE ON key_encryption_keys TO crm_app;

            -- The columns in which plaintext is refused. A migration that encrypts a column which has values leaves it out: the next start encrypts them and adds it.
            CREATE TABLE encrypted_columns (
                name         text        NOT NULL CONSTRAINT pk_encrypted_columns PRIMARY KEY,
                encrypted_at timestamptz NOT NULL DEFAULT clock_timestamp()
            );
            INSERT INTO encrypted_columns (name) VALUES ('provider_keys.secret');
            GRANT SELECT, INSERT ON encrypted_columns TO crm_app;

            -- state is active (encrypts), retiring (only decrypts) or retired (has nothing left to decrypt).
            CREATE TABLE data_keys (
                tenant_id  uuid        NOT NULL CONSTRAINT fk_data_keys__tenant_id REFERENCES tenants (id),
                id         uuid        NOT NULL,
                kek_id     text        NOT NULL,
                wrapped    bytea       NOT NULL,
                state      text        NOT NULL DEFAULT 'active',
                uses       bigint      NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                retired_at timestamptz NULL,
                CONSTRAINT pk_data_keys PRIMARY KEY (tenant_id, id),
                CONSTRAINT ck_data_keys__state CHECK (state IN ('active', 'retiring', 'retired'))
            );
            CREATE UNIQUE INDEX uq_data_keys__active ON data_keys (tenant_id) WHERE state = 'active';

            CREATE TABLE provider_keys (
                tenant_id    uuid        NOT NULL CONSTRAINT fk_provider_keys__tenant_id REFERENCES tenants (id),
                id           uuid        NOT NULL,
                provider     text        COLLATE "C" NOT NULL,
                name         text        NOT NULL,
                name_lower   text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                secret       text        COLLATE "C" NULL CONSTRAINT ck_provider_keys__secret CHECK (secret LIKE 'v1|%|%|%|%|%'),
                last4        text        NOT NULL,
                rotated_at   timestamptz NOT NULL,
                last_used_at timestamptz NULL,
                owner_id     uuid        NULL,
                version      integer     NOT NULL DEFAULT 1,
                created_at   timestamptz NOT NULL,
                updated_at   timestamptz NOT NULL,
                deleted_at   timestamptz NULL,
                CONSTRAINT pk_provider_keys PRIMARY KEY (tenant_id, id),
                CONSTRAINT ck_provider_keys__live CHECK (secret IS NOT NULL OR deleted_at IS NOT NULL)
            );
            CREATE UNIQUE INDEX uq_provider_keys__provider ON provider_keys (tenant_id, provider) WHERE deleted_at IS NULL;
            CREATE INDEX ix_provider_keys__created ON provider_keys (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_provider_keys__owner ON provider_keys (tenant_id, owner_id);

            -- Names no key by a foreign key: what was done stays known for its time, whatever becomes of the key.
            CREATE TABLE provider_key_uses (
                tenant_id      uuid        NOT NULL,
                id             uuid        NOT NULL,
                key_id         uuid        NOT NULL,
                at             timestamptz NOT NULL DEFAULT clock_timestamp(),
                purpose        text        NOT NULL,
                outcome        text        NOT NULL,
                actor_type     text        NOT NULL,
                actor_id       uuid        NULL,
                correlation_id text        NULL,
                CONSTRAINT pk_provider_key_uses PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_provider_key_uses__key ON provider_key_uses (tenant_id, key_id, at DESC, id DESC);
            CREATE INDEX ix_provider_key_uses__at ON provider_key_uses (tenant_id, at);
            """);
        migrationBuilder.IsolateByTenant("data_keys");
        migrationBuilder.IsolateByTenant("provider_keys");
        migrationBuilder.IsolateByTenant("provider_key_uses", "SELECT, INSERT, DELETE");
        migrationBuilder.ReferenceWithinTenant("provider_keys", "owner_id", "memberships");
        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Owner, BuiltInRoles.Admin], ["provider_keys:read", "provider_keys:write"]);
    }
}
