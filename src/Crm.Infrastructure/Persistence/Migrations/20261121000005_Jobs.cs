using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Jobs and the rows that failed in them, per tenant; the queue that workers claim from, above tenants.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000005_Jobs")]
internal sealed class Jobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE jobs (
                tenant_id        uuid        NOT NULL CONSTRAINT fk_jobs__tenant_id REFERENCES tenants (id),
                id               uuid        NOT NULL,
                type             text        NOT NULL,
                status           text        NOT NULL DEFAULT 'queued',
                payload          jsonb       NOT NULL,
                done             bigint      NOT NULL DEFAULT 0,
                total            bigint      NULL,
                checkpoint       jsonb       NULL,
                result           jsonb       NULL,
                cancel_requested boolean     NOT NULL DEFAULT false,
                fence            bigint      NOT NULL DEFAULT 0,
                created_by       uuid        NULL,
                created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
                started_at       timestamptz NULL,
                finished_at      timestamptz NULL,
                CONSTRAINT pk_jobs PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_jobs__created ON jobs (tenant_id, created_at DESC, id DESC);
            CREATE INDEX ix_jobs__created_by ON jobs (tenant_id, created_by);

            CREATE TABLE job_errors (
                tenant_id   uuid    NOT NULL,
                job_id      uuid    NOT NULL,
                row_number  integer NOT NULL,
                position    integer NOT NULL,
                severity    text    NOT NULL,
                column_name text    NULL,
                code        text    NOT NULL,
                message     text    NOT NULL,
                value       text    NULL,
                CONSTRAINT pk_job_errors PRIMARY KEY (tenant_id, job_id, row_number, position)
            );

            CREATE TABLE job_queue (
                job_id       uuid        NOT NULL PRIMARY KEY,
                tenant_id    uuid        NOT NULL CONSTRAINT fk_job_queue__tenant_id REFERENCES tenants (id),
                type         text        NOT NULL,
                enqueued_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
                available_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                fence        bigint      NOT NULL DEFAULT 0,
                attempts     integer     NOT NULL DEFAULT 0
            );
            CREATE INDEX ix_job_queue__available ON job_queue (available_at);
            GRANT SELECT, INSERT, UPDATE, DELETE ON job_queue TO crm_app;
            """);
        migrationBuilder.IsolateByTenant("jobs", "SELECT, INSERT, UPDATE");
        migrationBuilder.IsolateByTenant("job_errors", "SELECT, INSERT");
        migrationBuilder.ReferenceWithinTenant("jobs", "created_by", "memberships");
        migrationBuilder.ReferenceWithinTenant("job_errors", "job_id", "jobs", "CASCADE");
    }
}
