namespace Crm.Benchmarks.Reference;

/// <summary>The statements of the reference: what one would write by hand for exactly these requests.</summary>
internal static class ReferenceSql
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 200;

    private const string Contact = """
        c.id, c.version, c.created_at, c.updated_at, c.deleted_at, c.owner_id, c.first_name, c.last_name, c.name, c.job_title,
        c.emails::text, c.email, c.phones::text, c.phone, c.addresses::text, c.lifecycle_stage, c.company_id, c.description, c.tags
        """;

    private const string Company = """
        co.id, co.version, co.created_at, co.updated_at, co.deleted_at, co.owner_id, co.name, co.domain, co.industry, co.employees,
        co.annual_revenue_minor, co.annual_revenue_currency, co.founded_year, co.phone, co.street, co.city, co.region, co.postal_code,
        co.country, co.lifecycle_stage, co.parent_id, co.description, co.tags
        """;

    private const string Change = """
        tenant_id, id, record_type, record_id, version, action, fields, actor_type, actor_id, origin, correlation_id, address, session_id
        """;

    public const string Get = $"""
        SELECT {Contact}, {Company}
        FROM contacts c LEFT JOIN companies co ON co.tenant_id = $1 AND co.id = c.company_id AND co.deleted_at IS NULL
        WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
        """;

    // The record, the rows of its e-mails and its change go in together: one statement is one transaction.
    public const string Create = $"""
        WITH created AS (
            INSERT INTO contacts (
                tenant_id, id, created_at, updated_at, first_name, last_name, job_title,
                emails, phones, addresses, lifecycle_stage, company_id, tags)
            SELECT $1, $2, $3, $3, $4, $5, $6, $7, '[]', '[]', $8, $9, ARRAY[]::text[]
            WHERE $9 IS NULL OR EXISTS (SELECT FROM companies co WHERE co.tenant_id = $1 AND co.id = $9 AND co.deleted_at IS NULL)
            RETURNING *
        ), email AS (
            INSERT INTO contact_emails (tenant_id, value, record_id)
            SELECT $1, e.value, c.id FROM created c, unnest($10) AS e (value) ON CONFLICT DO NOTHING
        ), change AS (
            INSERT INTO changes ({Change})
            SELECT $1, $11, 'contact', c.id, c.version, 'created', $12, 'user', $13, 'CreateContact', $14, $15, $16 FROM created c
        )
        SELECT {Contact} FROM created c
        """;

    // No row comes back when there is no such contact, and when it has the title already.
    public const string Patch = $"""
        WITH before AS MATERIALIZED (
            SELECT id, job_title FROM contacts WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
        ), after AS (
            UPDATE contacts c SET job_title = $3, version = c.version + 1, updated_at = $4
            FROM before WHERE c.tenant_id = $1 AND c.id = before.id AND before.job_title IS DISTINCT FROM $3
            RETURNING c.*, before.job_title AS old_job_title
        ), change AS (
            INSERT INTO changes ({Change})
            SELECT $1, $5, 'contact', c.id, c.version, 'updated',
                   jsonb_build_object('jobTitle', jsonb_build_object('from', c.old_job_title, 'to', c.job_title)),
                   'user', $6, 'UpdateContact', $7, $8, $9
            FROM after c
        )
        SELECT {Contact} FROM after c
        """;

    public const string Unchanged = $"SELECT {Contact} FROM contacts c WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL";

    public const string Aggregate = """
        SELECT stage_id, amount_currency, count(*), sum(amount_minor)::bigint
        FROM deals
        WHERE tenant_id = $1 AND deleted_at IS NULL
        GROUP BY stage_id, amount_currency
        ORDER BY stage_id, amount_currency
        """;

    /// <summary>The stage to move to, and the last card in it.</summary>
    public const string Column = """
        SELECT s.pipeline_id, s.kind, s.probability, (
            SELECT d.board_rank FROM deals d
            WHERE d.tenant_id = $1 AND d.stage_id = $2 AND d.id <> $3 AND d.deleted_at IS NULL
            ORDER BY d.board_rank DESC LIMIT 1)
        FROM stages s WHERE s.tenant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL
        """;

    public static readonly string Move = $"""
        WITH before AS MATERIALIZED (
            SELECT id, pipeline_id, stage_id, status, probability, close_reason, stage_changed_at, board_rank
            FROM deals WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
        ), after AS (
            UPDATE deals d
            SET stage_id = $3, pipeline_id = $4, status = $5, board_rank = $7, version = d.version + 1, updated_at = $8,
                probability = CASE WHEN before.stage_id = $3 THEN d.probability ELSE $6 END,
                stage_changed_at = CASE WHEN before.stage_id = $3 THEN d.stage_changed_at ELSE $8 END,
                close_reason = CASE WHEN $5 = 'open' AND before.status <> 'open' THEN NULL ELSE d.close_reason END
            FROM before WHERE d.tenant_id = $1 AND d.id = before.id
            RETURNING d.*
        ), history AS (
            INSERT INTO deal_stage_changes (tenant_id, id, deal_id, from_stage_id, to_stage_id, at)
            SELECT $1, $9, d.id, before.stage_id, d.stage_id, $8 FROM after d JOIN before ON before.stage_id <> d.stage_id
        ), change AS (
            INSERT INTO changes ({Change})
            SELECT $1, $10, 'deal', d.id, d.version, 'updated',
                   {Difference("pipelineId", "pipeline_id")}
                   || {Difference("stageId", "stage_id")}
                   || {Difference("status", "status")}
                   || {Difference("probability", "probability")}
                   || {Difference("closeReason", "close_reason")}
                   || {Difference("stageChangedAt", "stage_changed_at")}
                   || {Difference("boardRank", "board_rank")},
                   'user', $11, 'MoveDeal', $12, $13, $14
            FROM after d, before
        )
        SELECT d.id, d.version, d.created_at, d.updated_at, d.deleted_at, d.owner_id, d.name, d.pipeline_id, d.stage_id, d.status,
               d.amount_minor, d.amount_currency, d.probability, d.weighted_amount_minor, d.weighted_amount_currency, d.engage_date,
               d.close_date, d.close_reason, d.stage_changed_at, d.board_rank, d.company_id, d.contact_id, d.product_id, d.external_id,
               d.description, d.tags
        FROM after d
        """;

    // Rows whose company is not found are left out, and counted as failed.
    public const string Import = $"""
        WITH source AS MATERIALIZED (
            SELECT r.*, co.id AS company_id
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
                 AS r (id, change_id, first_name, last_name, job_title, email, lifecycle_stage, company, tag)
            JOIN companies co
              ON co.tenant_id = $1 AND co.name_lower = lower(r.company) AND co.name = r.company AND co.deleted_at IS NULL
        ), created AS (
            INSERT INTO contacts (
                tenant_id, id, created_at, updated_at, first_name, last_name, job_title,
                emails, phones, addresses, lifecycle_stage, company_id, tags)
            SELECT $1, r.id, $11, $11, r.first_name, r.last_name, r.job_title,
                   jsonb_build_array(jsonb_build_object('value', r.email, 'label', NULL)), '[]', '[]', r.lifecycle_stage, r.company_id,
                   ARRAY[r.tag]
            FROM source r
            RETURNING *
        ), email AS (
            INSERT INTO contact_emails (tenant_id, value, record_id) SELECT $1, c.email_lower, c.id FROM created c
        ), tag AS (
            INSERT INTO contact_tags (tenant_id, value, record_id) SELECT $1, c.tags[1], c.id FROM created c
        ), change AS (
            INSERT INTO changes ({Change})
            SELECT $1, r.change_id, 'contact', c.id, c.version, 'created',
                   jsonb_build_object(
                       'firstName', jsonb_build_object('from', NULL, 'to', c.first_name),
                       'lastName', jsonb_build_object('from', NULL, 'to', c.last_name),
                       'jobTitle', jsonb_build_object('from', NULL, 'to', c.job_title),
                       'emails', jsonb_build_object('from', NULL, 'to', c.emails),
                       'lifecycleStage', jsonb_build_object('from', NULL, 'to', c.lifecycle_stage),
                       'companyId', jsonb_build_object('from', NULL, 'to', c.company_id),
                       'tags', jsonb_build_object('from', NULL, 'to', c.tags)),
                   'user', $12, 'CreateContact', $13, NULL, NULL
            FROM created c JOIN source r ON r.id = c.id
        )
        SELECT count(*) FROM created
        """;

    private static readonly string[] Pages = [.. Enumerable.Range(0, MaxLimit + 1).Select(PageOf)];

    /// <summary>One page, and the first row of the next.</summary>
    public static string Page(int limit) => Pages[limit];

    // The limit is a literal: PostgreSQL takes a parameter there for a tenth of the rows, and plans the statement again at every request.
    private static string PageOf(int limit) => $"""
        SELECT c.id, c.version, c.created_at, c.updated_at, c.owner_id, c.first_name, c.last_name, c.email, c.lifecycle_stage, c.company_id,
               co.name
        FROM contacts c LEFT JOIN companies co ON co.tenant_id = $1 AND co.id = c.company_id AND co.deleted_at IS NULL
        WHERE c.tenant_id = $1 AND c.lifecycle_stage = $2 AND c.deleted_at IS NULL
        ORDER BY c.created_at DESC, c.id DESC
        LIMIT {limit + 1}
        """;

    private static string Difference(string field, string column) => $"""
        CASE WHEN before.{column} IS NOT DISTINCT FROM d.{column} THEN '{"{}"}'::jsonb
        ELSE jsonb_build_object('{field}', jsonb_build_object('from', before.{column}, 'to', d.{column})) END
        """;
}
