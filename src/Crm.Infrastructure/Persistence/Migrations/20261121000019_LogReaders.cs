using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>Readers of the change log: how far each has read, which logs it has to read, and which work runs at intervals.</summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000019_LogReaders")]
internal sealed class LogReaders : Migration
{
    private const string Cursor = """
        reader         text        NOT NULL,
        transaction_id xid8        NOT NULL DEFAULT '0',
        sequence       bigint      NOT NULL DEFAULT 0,
        fence          bigint      NOT NULL,
        updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        """;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // A cursor is in the same place as what its reader writes, so that one transaction advances both.
        migrationBuilder.Sql($"""
            CREATE TABLE log_cursors (
                tenant_id uuid NOT NULL CONSTRAINT fk_log_cursors__tenant_id REFERENCES tenants (id),
                {Cursor}
                CONSTRAINT pk_log_cursors PRIMARY KEY (tenant_id, reader)
            );
            CREATE TABLE host_log_cursors ({Cursor} CONSTRAINT pk_host_log_cursors PRIMARY KEY (reader));
            GRANT SELECT, INSERT, UPDATE ON host_log_cursors TO crm_app;
            """);
        migrationBuilder.IsolateByTenant("log_cursors", "SELECT, INSERT, UPDATE");

        migrationBuilder.Sql("""
            -- Up to which transaction each reader has looked for logs with new entries.
            CREATE TABLE log_readers (
                reader         text NOT NULL CONSTRAINT pk_log_readers PRIMARY KEY,
                transaction_id xid8 NOT NULL DEFAULT '0'
            );

            -- Logs with entries that a reader may not have read: those of transactions from read_to up to unread_to. tenant_id is NULL for
            -- the host's log. Rows stay, since fences only grow.
            CREATE TABLE log_queue (
                reader       text        NOT NULL,
                tenant_id    uuid        NULL CONSTRAINT fk_log_queue__tenant_id REFERENCES tenants (id),
                unread_to    xid8        NOT NULL,
                read_to      xid8        NOT NULL DEFAULT '0',
                available_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                fence        bigint      NOT NULL DEFAULT 0,
                failures     integer     NOT NULL DEFAULT 0,
                CONSTRAINT uq_log_queue__tenant_id UNIQUE NULLS NOT DISTINCT (reader, tenant_id)
            );
            CREATE INDEX ix_log_queue__available ON log_queue (reader, available_at) WHERE unread_to > read_to;
            CREATE INDEX ix_log_queue__tenant ON log_queue (tenant_id);

            CREATE TABLE periodic_work (
                name        text        NOT NULL CONSTRAINT pk_periodic_work PRIMARY KEY,
                fence       bigint      NOT NULL,
                started_at  timestamptz NOT NULL,
                lease_until timestamptz NOT NULL
            );
            GRANT SELECT, INSERT, UPDATE ON log_readers, log_queue, periodic_work TO crm_app;

            CREATE INDEX ix_changes__transaction ON changes (transaction_id, tenant_id);
            """);

        // The two ways to look across the logs of tenants: which have new entries, and how many a reader has before it. Both return ids,
        // counts and times; their owner cannot log in and may read no column with content.
        migrationBuilder.Sql("""
            -- The owner of the tables is a member of that role, so that the policies apply to it too: hence the condition.
            CREATE POLICY directory_read ON changes FOR SELECT TO crm_directory USING (current_user = 'crm_directory');
            CREATE POLICY directory_read ON log_cursors FOR SELECT TO crm_directory USING (current_user = 'crm_directory');
            GRANT SELECT (tenant_id, transaction_id, sequence, at) ON changes TO crm_directory;
            GRANT SELECT (transaction_id, sequence, at) ON host_changes TO crm_directory;
            GRANT SELECT ON log_cursors, host_log_cursors, log_readers, log_queue TO crm_directory;

            CREATE FUNCTION changed_logs(p_from xid8, p_below xid8) RETURNS SETOF uuid
                LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY
                    SELECT DISTINCT c.tenant_id FROM public.changes c WHERE c.transaction_id >= p_from AND c.transaction_id < p_below
                    UNION ALL
                    SELECT NULL::uuid
                    WHERE EXISTS (SELECT FROM public.host_changes c WHERE c.transaction_id >= p_from AND c.transaction_id < p_below);
                END
                $$;

            -- Entries are counted up to p_most in each of: the logs that wait, what no reader has looked for yet.
            CREATE FUNCTION log_lag(p_reader text, p_most integer) RETURNS TABLE (entries bigint, oldest timestamptz)
                LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY
                    WITH looked AS (
                        SELECT coalesce((SELECT r.transaction_id FROM public.log_readers r WHERE r.reader = p_reader), '0'::xid8) AS up_to),
                    waiting AS (
                        SELECT q.tenant_id,
                               coalesce(t.transaction_id, h.transaction_id, '0'::xid8) AS transaction_id,
                               coalesce(t.sequence, h.sequence, 0) AS sequence
                        FROM public.log_queue q
                        LEFT JOIN public.log_cursors t ON t.tenant_id = q.tenant_id AND t.reader = q.reader
                        LEFT JOIN public.host_log_cursors h ON q.tenant_id IS NULL AND h.reader = q.reader
                        WHERE q.reader = p_reader AND q.unread_to > q.read_to),
                    unread AS (
                        (SELECT c.at FROM waiting w, looked, public.changes c
                         WHERE c.tenant_id = w.tenant_id AND c.transaction_id < looked.up_to
                           AND (c.transaction_id, c.sequence) > (w.transaction_id, w.sequence)
                         LIMIT p_most)
                        UNION ALL
                        (SELECT c.at FROM waiting w, looked, public.host_changes c
                         WHERE w.tenant_id IS NULL AND c.transaction_id < looked.up_to
                           AND (c.transaction_id, c.sequence) > (w.transaction_id, w.sequence)
                         LIMIT p_most)
                        UNION ALL
                        (SELECT c.at FROM looked, public.changes c
                         LEFT JOIN public.log_cursors t ON t.tenant_id = c.tenant_id AND t.reader = p_reader
                         WHERE c.transaction_id >= looked.up_to
                           AND (t.reader IS NULL OR (c.transaction_id, c.sequence) > (t.transaction_id, t.sequence))
                         LIMIT p_most)
                        UNION ALL
                        (SELECT c.at FROM looked, public.host_changes c
                         LEFT JOIN public.host_log_cursors h ON h.reader = p_reader
                         WHERE c.transaction_id >= looked.up_to
                           AND (h.reader IS NULL OR (c.transaction_id, c.sequence) > (h.transaction_id, h.sequence))
                         LIMIT p_most))
                    SELECT count(*), min(unread.at) FROM unread;
                END
                $$;

            GRANT CREATE ON SCHEMA public TO crm_directory;
            ALTER FUNCTION changed_logs(xid8, xid8) OWNER TO crm_directory;
            ALTER FUNCTION log_lag(text, integer) OWNER TO crm_directory;
            REVOKE CREATE ON SCHEMA public FROM crm_directory;
            SET ROLE crm_directory;
            REVOKE ALL ON FUNCTION changed_logs(xid8, xid8), log_lag(text, integer) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION changed_logs(xid8, xid8), log_lag(text, integer) TO crm_app;
            RESET ROLE;

            DROP FUNCTION unsealed_tenants(integer);
            """);
    }
}
