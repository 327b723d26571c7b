namespace Crm.Benchmarks.Reference;

/// <summary>The statements of the reference: what one would write by hand for exactly these five requests, one round trip each.</summary>
internal static class ReferenceSql
{
    private const string Contact =
        "c.id, c.version, c.created_at, c.updated_at, c.deleted_at, c.owner_id, c.first_name, c.last_name, c.name, c.job_title, c.emails::text, c.email, "
        + "c.phones::text, c.phone, c.addresses::text, c.lifecycle_stage, c.company_id, c.description, c.tags";

    private const string Company =
        "co.id, co.version, co.created_at, co.updated_at, co.deleted_at, co.owner_id, co.name, co.domain, co.industry, co.employees, co.annual_revenue_minor, "
        + "co.annual_revenue_currency, co.founded_year, co.phone, co.street, co.city, co.region, co.postal_code, co.country, co.lifecycle_stage, "
        + "co.parent_id, co.description, co.tags";

    public const string Get = $"""
        SELECT {Contact}, {Company}
        FROM contacts c LEFT JOIN companies co ON co.tenant_id = $1 AND co.id = c.company_id AND co.deleted_at IS NULL
        WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
        """;

    public const string Page = """
        SELECT c.id, c.version, c.created_at, c.updated_at, c.owner_id, c.first_name, c.last_name, c.email, c.lifecycle_stage, c.company_id, co.name
        FROM contacts c LEFT JOIN companies co ON co.tenant_id = $1 AND co.id = c.company_id AND co.deleted_at IS NULL
        WHERE c.tenant_id = $1 AND c.lifecycle_stage = $2 AND c.deleted_at IS NULL
        ORDER BY c.created_at DESC, c.id DESC
        LIMIT $3
        """;

    // The e-mail's row, the change and the record go in together: one statement is one transaction.
    public const string Create = $"""
        WITH c AS (
            INSERT INTO contacts (tenant_id, id, created_at, updated_at, first_name, last_name, job_title, emails, phones, addresses, lifecycle_stage, company_id, tags)
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7::jsonb, '[]', '[]', $8, $9, ARRAY[]::text[])
            RETURNING *
        ), e AS (
            INSERT INTO contact_emails (tenant_id, value, record_id) SELECT $1, c.email_lower, c.id FROM c WHERE c.email_lower IS NOT NULL
        ), ch AS (
            INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
            SELECT $1, $10, 'contact', c.id, c.version, 'created', 'user', 'CreateContact', $11::jsonb FROM c
        )
        SELECT {Contact} FROM c
        """;

    public const string Patch = $"""
        WITH o AS MATERIALIZED (
            SELECT id, job_title FROM contacts WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
        ), c AS (
            UPDATE contacts t SET job_title = $3, version = t.version + 1, updated_at = $4
            FROM o WHERE t.tenant_id = $1 AND t.id = o.id
            RETURNING t.*, o.job_title AS old_job_title
        ), ch AS (
            INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
            SELECT $1, $5, 'contact', c.id, c.version, 'updated', 'user', 'UpdateContact',
                   jsonb_build_object('jobTitle', jsonb_build_object('from', c.old_job_title, 'to', c.job_title))
            FROM c
        )
        SELECT {Contact} FROM c
        """;

    public const string Aggregate = """
        SELECT stage_id, amount_currency, count(*), sum(amount_minor)::bigint
        FROM deals
        WHERE tenant_id = $1 AND deleted_at IS NULL
        GROUP BY stage_id, amount_currency
        ORDER BY stage_id, amount_currency
        """;
}
