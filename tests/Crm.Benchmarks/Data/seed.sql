-- The benchmark's data: the same rows at every run, made by arithmetic alone. Sizes come as settings bench.*; run as a superuser.
-- Rows of all tenants lie interleaved, oldest first, as they would after years of use.
SET synchronous_commit = off;
-- References are right by construction, so the checks of half a million of them are left out.
SET session_replication_role = replica;

-- An id as the application makes them: UUIDv7 with the record's time, the rest from a hash of its place.
CREATE FUNCTION pg_temp.seed_id(p_at timestamptz, p_kind text, p_tenant int, p_n int) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
        SELECT (lpad(to_hex((extract(epoch FROM p_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(p_kind || p_n || '/' || p_tenant), 1, 3)
            || '8' || substr(md5(p_kind || p_tenant || '/' || p_n), 1, 15))::uuid
    $$;

CREATE FUNCTION pg_temp.seed_time(p_n int) RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$ SELECT timestamptz '2025-01-01 00:00:00+00' + make_interval(mins => p_n * 50) $$;

CREATE FUNCTION pg_temp.first_name(p_n int) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['Ada','Bruno','Carla','Dmitri','Elif','Farid','Greta','Hugo','Ines','Jonas','Kira','Liam','Mara','Noor','Otto','Paula'])[1 + p_n % 16] $$;

CREATE FUNCTION pg_temp.last_name(p_n int) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['Arslan','Becker','Costa','Duarte','Eriksen','Fischer','Garcia','Haddad','Ivanov','Jensen','Kowalski'])[1 + p_n % 11] || ' ' || p_n $$;

INSERT INTO tenants (id, identifier, name, currency, created_at)
SELECT pg_temp.seed_id(pg_temp.seed_time(0), 'tenant', t, 0), 'bench-' || t, 'Bench ' || t, 'EUR', pg_temp.seed_time(0)
FROM generate_series(1, current_setting('bench.tenants')::int) t;

CREATE TEMP TABLE seed_tenants AS
SELECT t.id, split_part(t.identifier, '-', 2)::int AS no FROM tenants t WHERE t.identifier LIKE 'bench-%';

INSERT INTO roles (tenant_id, id, name, permissions, built_in, created_at, updated_at)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(0), 'role', t.no, 0), 'owner', current_setting('bench.permissions')::text[], true, pg_temp.seed_time(0), pg_temp.seed_time(0)
FROM seed_tenants t;

-- Five users for each tenant; all may sign in with the password that this run made.
INSERT INTO users (id, email, name, password_hash, created_at)
SELECT pg_temp.seed_id(pg_temp.seed_time(0), 'user', t.no, u), 'user' || u || '@bench-' || t.no || '.example',
       pg_temp.first_name(u) || ' ' || pg_temp.last_name(t.no), current_setting('bench.password_hash'), pg_temp.seed_time(0)
FROM seed_tenants t, generate_series(1, 5) u;

INSERT INTO memberships (tenant_id, id, role_id, created_at, updated_at)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(0), 'user', t.no, u), pg_temp.seed_id(pg_temp.seed_time(0), 'role', t.no, 0), pg_temp.seed_time(0), pg_temp.seed_time(0)
FROM seed_tenants t, generate_series(1, 5) u;

INSERT INTO companies (tenant_id, id, created_at, updated_at, owner_id, name, domain, industry, employees, annual_revenue_minor, annual_revenue_currency,
    founded_year, phone, street, city, postal_code, country, lifecycle_stage, tags)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(n), 'company', t.no, n), pg_temp.seed_time(n), pg_temp.seed_time(n),
       pg_temp.seed_id(pg_temp.seed_time(0), 'user', t.no, 1 + n % 5),
       'Company ' || n || ' ' || pg_temp.last_name(n), 'company' || n || '.example',
       (ARRAY['software','retail','medical','finance','services'])[1 + n % 5], 10 + n * 7 % 5000, (n * 7919::bigint % 1000000) * 1000, 'EUR',
       1950 + n % 70, '+49 30 ' || lpad(n::text, 7, '0'), 'High Street ' || n, (ARRAY['Berlin','Lyon','Porto','Turin'])[1 + n % 4], lpad(n::text, 5, '0'),
       (ARRAY['DE','FR','PT','IT'])[1 + n % 4], (ARRAY['lead','qualified','opportunity','customer','former_customer'])[1 + n % 5], '{}'
FROM seed_tenants t, generate_series(1, current_setting('bench.companies')::int) n
ORDER BY n, t.no;

INSERT INTO contacts (tenant_id, id, created_at, updated_at, owner_id, first_name, last_name, job_title, emails, phones, addresses, lifecycle_stage, company_id, tags)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(n), 'contact', t.no, n), pg_temp.seed_time(n), pg_temp.seed_time(n),
       pg_temp.seed_id(pg_temp.seed_time(0), 'user', t.no, 1 + n % 5),
       pg_temp.first_name(n), pg_temp.last_name(n), (ARRAY['Buyer','Engineer','Director','Accountant'])[1 + n % 4],
       jsonb_build_array(jsonb_build_object('value', 'contact' || n || '@company' || c || '.example', 'label', 'work')),
       jsonb_build_array(jsonb_build_object('value', '+49 40 ' || lpad(n::text, 7, '0'), 'label', 'work')),
       '[]', (ARRAY['lead','qualified','opportunity','customer','former_customer'])[1 + n % 5],
       pg_temp.seed_id(pg_temp.seed_time(c), 'company', t.no, c), CASE WHEN n % 3 = 0 THEN ARRAY['newsletter'] ELSE '{}' END
FROM seed_tenants t, generate_series(1, current_setting('bench.contacts')::int) n,
     LATERAL (SELECT 1 + n % current_setting('bench.companies')::int AS c) company
ORDER BY n, t.no;

INSERT INTO contact_emails (tenant_id, value, record_id) SELECT tenant_id, email_lower, id FROM contacts;
INSERT INTO contact_tags (tenant_id, value, record_id) SELECT tenant_id, unnest(tags), id FROM contacts;

INSERT INTO pipelines (tenant_id, id, created_at, updated_at, name, position)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(0), 'pipeline', t.no, 0), pg_temp.seed_time(0), pg_temp.seed_time(0), 'Sales', 0
FROM seed_tenants t;

INSERT INTO stages (tenant_id, id, created_at, updated_at, pipeline_id, name, position, kind, probability)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(0), 'stage', t.no, s.position), pg_temp.seed_time(0), pg_temp.seed_time(0),
       pg_temp.seed_id(pg_temp.seed_time(0), 'pipeline', t.no, 0), s.name, s.position, s.kind, s.probability
FROM seed_tenants t, (VALUES (0, 'Prospecting', 'open', 10), (1, 'Engaging', 'open', 50), (2, 'Won', 'won', 100), (3, 'Lost', 'lost', 0)) s (position, name, kind, probability);

INSERT INTO deals (tenant_id, id, created_at, updated_at, owner_id, name, pipeline_id, stage_id, status, amount_minor, amount_currency, probability,
    close_date, stage_changed_at, board_rank, company_id, contact_id, tags)
SELECT t.id, pg_temp.seed_id(pg_temp.seed_time(n), 'deal', t.no, n), pg_temp.seed_time(n), pg_temp.seed_time(n),
       pg_temp.seed_id(pg_temp.seed_time(0), 'user', t.no, 1 + n % 5), 'Deal ' || n,
       pg_temp.seed_id(pg_temp.seed_time(0), 'pipeline', t.no, 0), pg_temp.seed_id(pg_temp.seed_time(0), 'stage', t.no, n % 4),
       (ARRAY['open','open','won','lost'])[1 + n % 4], 10000 + (n * 7919::bigint) % 5000000, 'EUR', (ARRAY[10, 50, 100, 0])[1 + n % 4],
       (pg_temp.seed_time(n) + interval '30 days')::date, pg_temp.seed_time(n), 'V' || lpad(n::text, 10, '0') || 'V',
       pg_temp.seed_id(pg_temp.seed_time(c), 'company', t.no, c), pg_temp.seed_id(pg_temp.seed_time(k), 'contact', t.no, k), '{}'
FROM seed_tenants t, generate_series(1, current_setting('bench.deals')::int) n,
     LATERAL (SELECT 1 + n % current_setting('bench.companies')::int AS c, 1 + n % current_setting('bench.contacts')::int AS k) linked
ORDER BY n, t.no;

RESET session_replication_role;
RESET synchronous_commit;
