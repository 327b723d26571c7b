using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// Companies, contacts, products, pipelines with stages, and deals. Foreign keys follow in a migration of their own.
/// Whatever is filtered or sorted has a leakproof comparison: text, bigint, integer, date, timestamptz, uuid, boolean.
/// </summary>
[DbContext(typeof(CrmDbContext))]
[Migration("20261121000003_Records")]
internal sealed class Records : Migration
{
    private const string RecordColumns = """
                tenant_id  uuid        NOT NULL,
                id         uuid        NOT NULL,
                version    integer     NOT NULL DEFAULT 1,
                created_at timestamptz NOT NULL,
                updated_at timestamptz NOT NULL,
                deleted_at timestamptz NULL,
                owner_id   uuid        NULL,
        """;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql($"""
            CREATE TABLE companies (
            {RecordColumns}
                name                    text    NOT NULL,
                name_lower              text    COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                domain                  text    COLLATE "C" NULL,
                industry                text    NULL,
                employees               integer NULL,
                annual_revenue_minor    bigint  NULL,
                annual_revenue_currency text    NULL,
                founded_year            integer NULL,
                phone                   text    NULL,
                street                  text    NULL,
                city                    text    NULL,
                region                  text    NULL,
                postal_code             text    NULL,
                country                 text    NULL,
                lifecycle_stage         text    NOT NULL,
                parent_id               uuid    NULL CONSTRAINT ck_companies__parent_id CHECK (parent_id <> id),
                description             text    NULL,
                tags                    text[]  NOT NULL,
                CONSTRAINT pk_companies PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_companies__name ON companies (tenant_id, name_lower, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_companies__domain ON companies (tenant_id, domain, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_companies__stage ON companies (tenant_id, lifecycle_stage, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_companies__parent ON companies (tenant_id, parent_id, created_at DESC, id DESC);

            CREATE TABLE contacts (
            {RecordColumns}
                first_name      text   NULL,
                last_name       text   NULL,
                name            text   NOT NULL GENERATED ALWAYS AS (coalesce(nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), emails -> 0 ->> 'value', '')) STORED,
                name_lower      text   COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(coalesce(nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), emails -> 0 ->> 'value', ''))) STORED,
                job_title       text   NULL,
                emails          jsonb  NOT NULL,
                email           text   NULL GENERATED ALWAYS AS (emails -> 0 ->> 'value') STORED,
                email_lower     text   COLLATE "C" NULL GENERATED ALWAYS AS (lower(emails -> 0 ->> 'value')) STORED,
                phones          jsonb  NOT NULL,
                phone           text   NULL GENERATED ALWAYS AS (phones -> 0 ->> 'value') STORED,
                addresses       jsonb  NOT NULL,
                lifecycle_stage text   NOT NULL,
                company_id      uuid   NULL,
                description     text   NULL,
                tags            text[] NOT NULL,
                CONSTRAINT pk_contacts PRIMARY KEY (tenant_id, id),
                CONSTRAINT ck_contacts__identity CHECK (nullif(btrim(coalesce(first_name, '') || coalesce(last_name, '')), '') IS NOT NULL OR emails <> '[]')
            );
            CREATE INDEX ix_contacts__name ON contacts (tenant_id, name_lower, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_contacts__email ON contacts (tenant_id, email_lower, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_contacts__stage ON contacts (tenant_id, lifecycle_stage, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_contacts__company ON contacts (tenant_id, company_id, created_at DESC, id DESC);

            CREATE TABLE products (
            {RecordColumns}
                name           text    NOT NULL,
                name_lower     text    COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                code           text    COLLATE "C" NULL,
                series         text    NULL,
                price_minor    bigint  NULL,
                price_currency text    NULL,
                active         boolean NOT NULL,
                description    text    NULL,
                CONSTRAINT pk_products PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_products__name ON products (tenant_id, name_lower, id) WHERE deleted_at IS NULL;
            CREATE UNIQUE INDEX uq_products__code ON products (tenant_id, code) WHERE deleted_at IS NULL AND code IS NOT NULL;

            CREATE TABLE pipelines (
            {RecordColumns}
                name       text    NOT NULL,
                name_lower text    COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                position   integer NOT NULL,
                CONSTRAINT pk_pipelines PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_pipelines__name ON pipelines (tenant_id, name_lower) WHERE deleted_at IS NULL;

            CREATE TABLE stages (
            {RecordColumns}
                pipeline_id uuid    NOT NULL,
                name        text    NOT NULL,
                name_lower  text    COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                position    integer NOT NULL,
                kind        text    NOT NULL,
                probability integer NOT NULL CONSTRAINT ck_stages__probability CHECK (probability BETWEEN 0 AND 100 AND (kind = 'open' OR probability = CASE kind WHEN 'won' THEN 100 ELSE 0 END)),
                CONSTRAINT pk_stages PRIMARY KEY (tenant_id, id)
            );
            CREATE UNIQUE INDEX uq_stages__name ON stages (tenant_id, pipeline_id, name_lower) WHERE deleted_at IS NULL;

            CREATE TABLE deals (
            {RecordColumns}
                name                  text        NOT NULL,
                name_lower            text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
                pipeline_id           uuid        NOT NULL,
                stage_id              uuid        NOT NULL,
                status                text        NOT NULL,
                amount_minor          bigint      NULL,
                amount_currency       text        NULL,
                probability           integer     NOT NULL CONSTRAINT ck_deals__probability CHECK (probability BETWEEN 0 AND 100),
                weighted_amount_minor bigint      NULL GENERATED ALWAYS AS ((amount_minor * probability + 50) / 100) STORED,
                weighted_amount_currency text     NULL GENERATED ALWAYS AS (amount_currency) STORED,
                engage_date           date        NULL,
                close_date            date        NULL,
                close_reason          text        NULL,
                stage_changed_at      timestamptz NOT NULL,
                board_rank            text        COLLATE "C" NOT NULL,
                company_id            uuid        NULL,
                contact_id            uuid        NULL,
                product_id            uuid        NULL,
                external_id           text        COLLATE "C" NULL,
                description           text        NULL,
                tags                  text[]      NOT NULL,
                CONSTRAINT pk_deals PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_deals__name ON deals (tenant_id, name_lower, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_deals__status ON deals (tenant_id, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
            CREATE INDEX ix_deals__board ON deals (tenant_id, stage_id, board_rank, id) WHERE deleted_at IS NULL;
            -- What boards and reports sum, answered from the index alone.
            CREATE INDEX ix_deals__stage_amount ON deals (tenant_id, stage_id, amount_currency) INCLUDE (amount_minor) WHERE deleted_at IS NULL;
            CREATE INDEX ix_deals__close_date ON deals (tenant_id, close_date, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_deals__amount ON deals (tenant_id, amount_minor, id) WHERE deleted_at IS NULL;
            CREATE INDEX ix_deals__pipeline ON deals (tenant_id, pipeline_id);
            CREATE INDEX ix_deals__stage ON deals (tenant_id, stage_id);
            CREATE INDEX ix_deals__company ON deals (tenant_id, company_id, created_at DESC, id DESC);
            CREATE INDEX ix_deals__contact ON deals (tenant_id, contact_id, created_at DESC, id DESC);
            CREATE INDEX ix_deals__product ON deals (tenant_id, product_id, created_at DESC, id DESC);
            CREATE UNIQUE INDEX uq_deals__external_id ON deals (tenant_id, external_id) WHERE deleted_at IS NULL AND external_id IS NOT NULL;

            CREATE TABLE deal_stage_changes (
                tenant_id     uuid        NOT NULL,
                id            uuid        NOT NULL,
                deal_id       uuid        NOT NULL,
                from_stage_id uuid        NULL,
                to_stage_id   uuid        NOT NULL,
                at            timestamptz NOT NULL,
                CONSTRAINT pk_deal_stage_changes PRIMARY KEY (tenant_id, id)
            );
            CREATE INDEX ix_deal_stage_changes__deal ON deal_stage_changes (tenant_id, deal_id, at, id);
            CREATE INDEX ix_deal_stage_changes__from ON deal_stage_changes (tenant_id, from_stage_id);
            CREATE INDEX ix_deal_stage_changes__to ON deal_stage_changes (tenant_id, to_stage_id);
            """);

        // An amount as the API writes it, for the differences in the change log; digits of the minor unit as in ISO 4217.
        migrationBuilder.Sql("""
            CREATE FUNCTION money_json(p_minor bigint, p_currency text) RETURNS jsonb
                LANGUAGE sql IMMUTABLE PARALLEL SAFE
                RETURN CASE WHEN p_minor IS NULL THEN NULL ELSE jsonb_build_object('currency', p_currency, 'amount', CASE
                    WHEN p_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p_minor::text
                    WHEN p_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN (p_minor / 1000.0)::numeric(22, 3)::text
                    ELSE (p_minor / 100.0)::numeric(22, 2)::text END) END;
            """);

        foreach (var table in new[] { "companies", "contacts", "products", "pipelines", "stages", "deals" })
        {
            migrationBuilder.Sql($"""
                CREATE INDEX ix_{table}__created ON {table} (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
                CREATE INDEX ix_{table}__trash ON {table} (tenant_id, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
                CREATE INDEX ix_{table}__owner ON {table} (tenant_id, owner_id, created_at DESC, id DESC);
                """);
            migrationBuilder.IsolateByTenant(table);
        }

        migrationBuilder.IsolateByTenant("deal_stage_changes", "SELECT, INSERT, DELETE");

        // Several values of one record, one row each, so that "any of" and "all of" are served by an index: array containment is not
        // leakproof.
        foreach (var table in new[] { "company_tags", "contact_tags", "contact_emails", "deal_tags" })
        {
            migrationBuilder.Sql($"""
                CREATE TABLE {table} (
                    tenant_id uuid NOT NULL,
                    value     text COLLATE "C" NOT NULL,
                    record_id uuid NOT NULL,
                    CONSTRAINT pk_{table} PRIMARY KEY (tenant_id, record_id, value)
                );
                CREATE INDEX ix_{table}__value ON {table} (tenant_id, value, record_id);
                """);
            migrationBuilder.IsolateByTenant(table);
        }
    }
}
