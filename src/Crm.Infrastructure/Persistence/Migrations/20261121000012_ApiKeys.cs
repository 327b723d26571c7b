using Crm.Domain.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// API keys and what they were used for, per tenant; the hashes of their secrets above tenants, since they are looked up before one is
/// known.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000012_ApiKeys")]
internal sealed class ApiKeys : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE api_keys (
                tenant_id    uuid        NOT NULL CONSTRAINT fk_api_keys__tenant_id REFERENCES tenants (id),
                id           uuid        NOT NULL,
                name         text        NOT NULL,
                user_id      uuid        NOT NULL,
                scopes       text[]      NOT NULL,
                allowed_ips  text[]      NOT NULL,
                expires_at   timestamptz NULL,
                prefix       text        NOT NULL,
                last_four    text        NOT NULL,
                rotated_at   timestamptz NOT NULL,
                last_used_at timestamptz NULL,
                owner_id     uuid        NULL,
                version      integer     NOT NULL DEFAULT 1,
                created_at   timestamptz NOT NULL,
                updated_at   timestamptz NOT NULL,
                deleted_at   timestamptz NULL,
                CONSTRAINT pk_api_keys PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_api_keys__created ON api_keys (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_api_keys__user ON api_keys (tenant_id, user_id);
            CREATE INDEX ix_api_keys__owner ON api_keys (tenant_id, owner_id);

            -- Counted in memory and written in batches. Texts in C collation, so that pages are read by the key under the policy; '' is an address not known or not kept apart.
            CREATE TABLE api_key_usage (
                tenant_id    uuid        NOT NULL CONSTRAINT fk_api_key_usage__tenant_id REFERENCES tenants (id),
                api_key_id   uuid        NOT NULL,
                hour         timestamptz NOT NULL,
                operation    text        COLLATE "C" NOT NULL,
                status_class integer     NOT NULL,
                ip_address   text        COLLATE "C" NOT NULL,
                requests     bigint      NOT NULL,
                CONSTRAINT pk_api_key_usage PRIMARY KEY (tenant_id, api_key_id, hour, operation, status_class, ip_address)
            );
            CREATE INDEX ix_api_key_usage__hour ON api_key_usage (tenant_id, hour);

            -- No foreign key to the key: a row above tenants refers to none of a tenant's. Without its key a hash leads nowhere.
            CREATE TABLE api_key_secrets (
                hash       bytea       NOT NULL CONSTRAINT pk_api_key_secrets PRIMARY KEY CONSTRAINT ck_api_key_secrets__hash CHECK (octet_length(hash) = 32),
                pepper_id  text        NOT NULL,
                tenant_id  uuid        NOT NULL CONSTRAINT fk_api_key_secrets__tenant_id REFERENCES tenants (id),
                api_key_id uuid        NOT NULL,
                created_at timestamptz NOT NULL,
                ends_at    timestamptz NULL
            );
            CREATE INDEX ix_api_key_secrets__api_key ON api_key_secrets (api_key_id);
            GRANT SELECT, INSERT, DELETE, UPDATE (ends_at) ON api_key_secrets TO crm_app;

            -- A job begun by a key may do no more than the key.
            ALTER TABLE jobs ADD COLUMN api_key_id uuid NULL;
            CREATE INDEX ix_jobs__api_key ON jobs (tenant_id, api_key_id);
            """);
        migrationBuilder.IsolateByTenant("api_keys");
        migrationBuilder.IsolateByTenant("api_key_usage");
        migrationBuilder.ReferenceWithinTenant("api_keys", "user_id", "memberships");
        migrationBuilder.ReferenceWithinTenant("api_keys", "owner_id", "memberships");
        migrationBuilder.ReferenceWithinTenant("api_key_usage", "api_key_id", "api_keys");

        migrationBuilder.GrantToBuiltInRoles([BuiltInRoles.Owner, BuiltInRoles.Admin], ["api_keys:read", "api_keys:write"]);

        // The column is new, so there is nothing to be validated that the policies would hide.
        migrationBuilder.ReferenceWithinTenant("jobs", "api_key_id", "api_keys");
    }
}
