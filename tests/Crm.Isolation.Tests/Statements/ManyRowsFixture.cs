using Crm.Api.Hosting;
using Crm.Application.Authorization;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

/// <summary>
/// An API over a tenant with 20,000 records of each kind among others with as many together, and what it sends to the database.
/// </summary>
public sealed class ManyRowsFixture : IAsyncLifetime
{
    private const int Rows = 20_000;

    private const string Fill = """
        INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'crowd-' || i, 'Crowd' FROM generate_series(1, 20) i;
        CREATE TEMP TABLE shares AS
            SELECT id AS tenant_id, CASE identifier WHEN 'many-rows' THEN 20000 ELSE 1000 END AS n FROM tenants;
        INSERT INTO companies (tenant_id, id, created_at, updated_at, name, country, lifecycle_stage, tags)
            SELECT tenant_id, gen_random_uuid(), now() - i * interval '1 minute', now(), 'Company ' || i, 'C' || i % 40, CASE WHEN i % 5 = 0 THEN 'customer' ELSE 'lead' END, '{}' FROM shares, generate_series(1, n / 10) i;
        INSERT INTO contacts (tenant_id, id, created_at, updated_at, first_name, last_name, emails, phones, addresses, lifecycle_stage, tags, owner_id, company_id, deleted_at)
            SELECT s.tenant_id, gen_random_uuid(), now() - i * interval '1 minute', now(), 'First' || i, 'Last' || i % 977, jsonb_build_array(jsonb_build_object('value', 'c' || i || '@x.example')), '[]', '[]',
                   CASE WHEN i % 5 = 0 THEN 'customer' ELSE 'lead' END, '{}', NULL, c.id, CASE WHEN i % 50 = 0 THEN now() END
            FROM shares s CROSS JOIN LATERAL generate_series(1, n) i JOIN LATERAL (SELECT id FROM companies c WHERE c.tenant_id = s.tenant_id AND c.name = 'Company ' || 1 + i % (n / 10)) c ON true;
        """;

    private const string FillDeals = """
        INSERT INTO contact_tags (tenant_id, value, record_id) SELECT tenant_id, 't' || row_number() OVER () % 500, id FROM contacts;
        INSERT INTO deals (tenant_id, id, created_at, updated_at, name, pipeline_id, stage_id, status, amount_minor, amount_currency, probability, stage_changed_at, board_rank, tags, close_date)
            SELECT c.tenant_id, gen_random_uuid(), c.created_at, now(), 'Deal ' || c.name, s.pipeline_id, s.id, s.kind, (random() * 1e7)::bigint, 'USD', 50, now(), md5(c.id::text), '{}', current_date + (random() * 365)::integer
            FROM contacts c JOIN LATERAL (SELECT * FROM stages s WHERE s.tenant_id = c.tenant_id ORDER BY md5(s.id::text || c.id::text) LIMIT 1) s ON true
            WHERE c.tenant_id = $1;
        """;

    private const string Own = """
        UPDATE contacts SET owner_id = $2 WHERE tenant_id = $1 AND ('x' || left(md5(id::text), 4))::bit(16)::integer % 100 = 0;
        UPDATE deals SET owner_id = $2 WHERE tenant_id = $1 AND ('x' || left(md5(id::text), 4))::bit(16)::integer % 100 = 0;
        UPDATE companies SET owner_id = $2 WHERE tenant_id = $1 AND ('x' || left(md5(id::text), 4))::bit(16)::integer % 100 = 0;
        """;

    // A month apart, so that the entries stand in several partitions; every hundredth is a security event.
    private const string FillChanges = """
        INSERT INTO changes (tenant_id, at, id, record_type, record_id, version, action, actor_type, actor_id, origin, correlation_id, address, fields)
        SELECT c.tenant_id, now() + (n % 3) * interval '1 month' - n * interval '1 second', gen_random_uuid(), 'contact', c.id, CASE WHEN n % 100 = 0 THEN 0 ELSE 1 END,
               CASE WHEN n % 100 = 0 THEN 'sign_in_succeeded' ELSE 'created' END, 'user', md5((n % 500)::text)::uuid, 'CreateContact', 'trace-' || n, ('10.0.0.' || n % 250)::inet, '{}'
        FROM (SELECT tenant_id, id, row_number() OVER () AS n FROM contacts) c
        """;

    private readonly SqlRecorder _recorder = new();
    private readonly GivenGrants _given = new();

    internal ApiHost Api { get; private set; } = null!;

    internal TestTenant Tenant { get; private set; } = null!;

    internal Guid UserId { get; private set; }

    internal Guid CompanyId { get; private set; }

    internal Guid ContactId { get; private set; }

    internal Guid OwnContactId { get; private set; }

    internal Guid StageId { get; private set; }

    public async ValueTask InitializeAsync()
    {
        // Without workers, whose looks at the queue would be taken for trips of the requests; and with what is known of callers and tenants
        // kept for longer than a test lasts.
        Api = await ApiHost.StartAsync(
            (services, database) =>
            {
                services.AddSingleton(_ => _recorder.Watch(database.AppConnectionString));
                _given.PutInto(services);
            },
            app => app.UseCrm(), ("Jobs:Concurrency", "0"), ("Mail:PollInterval", "00:01:00"), ("Audit:SealInterval", "01:00:00"), ("Access:CacheFor", "00:01:00"), ("MultiTenancy:CacheFor", "00:01:00"));
        Tenant = await Api.CreateTenantAsync("many-rows");
        await using var superuser = await SqlExtensions.OpenAsync(Api.Database.SuperConnectionString);
        await superuser.RunAsync(Fill);
        foreach (var statement in FillDeals.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            await superuser.RunAsync(statement, statement.Contains("$1", StringComparison.Ordinal) ? [Tenant.Id] : []);
        UserId = (Guid)(await Tenant.Client.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        foreach (var statement in Own.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            await superuser.RunAsync(statement, Tenant.Id, UserId);
        await superuser.RunAsync(FillChanges);
        await superuser.RunAsync("ANALYZE");
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE tenant_id = $1", Tenant.Id)).ShouldBe(Rows);
        CompanyId = await OneAsync(superuser, "companies");
        ContactId = await OneAsync(superuser, "contacts");
        StageId = await OneAsync(superuser, "stages");
        OwnContactId = await superuser.ScalarAsync<Guid>("SELECT id FROM contacts WHERE tenant_id = $1 AND owner_id = $2 AND deleted_at IS NULL LIMIT 1", Tenant.Id, UserId);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        _recorder.Dispose();
    }

    /// <summary>
    /// Sends a request and gives back what it sent to the database, but for what looks up who asks, which is kept for a moment.
    /// </summary>
    internal async Task<(Answer Answer, IReadOnlyList<SqlTrip> Trips)> AskAsync(string method, string path, object? body = null)
    {
        await Tenant.Client.SendAsync("GET", "/api/v1/me");
        _recorder.Take();
        var answer = await Tenant.Client.SendAsync(method, path, body);
        return (answer, [.. _recorder.Take().Where(t => !t.Statements.Any(s => IsLookUp(s.Text)))]);
    }

    /// <summary>Sends a request in the name of the same user, whose permissions to read cover the records of some owners alone.</summary>
    internal async Task<(Answer Answer, IReadOnlyList<SqlTrip> Trips)> AskScopedAsync(IReadOnlyList<Guid> owners, string method, string path, object? body = null)
    {
        string[] scoped = ["companies:read", "contacts:read", "deals:read", "deals:write", "companies:write"];
        _given.Give(UserId, new RecordGrants(scoped.ToDictionary(p => p, _ => owners), new Dictionary<string, string>()));
        try
        {
            return await AskAsync(method, path, body);
        }
        finally
        {
            _given.Give(UserId, RecordGrants.Full);
        }
    }

    private static bool IsLookUp(string sql) =>
        sql.Contains("SELECT r.name, r.permissions", StringComparison.Ordinal)
        || sql.Contains("SELECT id, identifier, name, status, currency, version, plan, limits, settings", StringComparison.Ordinal);

    private Task<Guid> OneAsync(NpgsqlConnection superuser, string table) =>
        superuser.ScalarAsync<Guid>($"SELECT id FROM {table} WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT 1", Tenant.Id);
}

[CollectionDefinition(Name)]
public sealed class ManyRows : ICollectionFixture<ManyRowsFixture>
{
    public const string Name = "many rows";
}
