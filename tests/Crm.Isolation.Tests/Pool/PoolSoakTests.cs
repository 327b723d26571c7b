using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Companies;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Pool;

/// <summary>
/// Many tenants over few connections, with requests that break off at any moment: no one ever sees or writes another's rows.
/// </summary>
public sealed class PoolSoakTests : IAsyncLifetime
{
    private const int Tenants = 200;
    private const int Connections = 10;
    private const int Workers = 24;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<string> _findings = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private ApiHost _api = null!;
    private List<CrmTenantInfo> _tenants = [];

    public async ValueTask InitializeAsync()
    {
        _api = await ApiHost.StartAsync((services, database) => services.AddSingleton(_ => DataSources.ForApplication(
            new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxPoolSize = Connections, Timeout = 60 }.ConnectionString)), app => { });
        await using var superuser = await SqlExtensions.OpenAsync(_api.Database.SuperConnectionString);
        await superuser.RunAsync($"INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'soak-' || i, 'Soak ' || i FROM generate_series(1, {Tenants}) i");
        await superuser.RunAsync("""
            INSERT INTO companies (tenant_id, id, created_at, updated_at, name, lifecycle_stage, tags)
            SELECT t.id, gen_random_uuid(), now(), now(), t.id::text, 'lead', '{}' FROM tenants t, generate_series(1, 5)
            """);
        _tenants = await superuser.ListAsync("SELECT id, identifier, name, status, currency FROM tenants", r => new CrmTenantInfo(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4)));
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Two_hundred_tenants_over_ten_connections_never_meet()
    {
        var end = Stopwatch.GetTimestamp() + (long)(Duration.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(new Random(worker), end))));

        _findings.ShouldBeEmpty();
        foreach (var kind in new[] { "read", "written", "read by EF", "written by EF", "rolled back", "broken off" })
            _done.GetValueOrDefault(kind).ShouldBeGreaterThan(20, string.Join(", ", _done));
        await using var superuser = await SqlExtensions.OpenAsync(_api.Database.SuperConnectionString);
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM companies WHERE name <> tenant_id::text")).ShouldBe(0);
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM companies WHERE industry = 'rolled back'")).ShouldBe(0);
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM changes c WHERE NOT EXISTS (SELECT FROM companies o WHERE o.tenant_id = c.tenant_id AND o.id = c.record_id)")).ShouldBe(0);
        await NoSettingIsLeftAsync();
    }

    [Fact]
    public async Task A_tenant_s_setting_ends_with_commit_rollback_failure_and_a_lost_connection()
    {
        // The last three leave the transaction to the end of the scope, as a request that breaks off does.
        Func<ITenantSession, Task>[] endings = [s => s.CommitAsync(default), s => s.RollbackAsync(), _ => Task.CompletedTask, s => FailAsync(s, "SELECT 1 / 0"), s => FailAsync(s, "SELECT pg_terminate_backend(pg_backend_pid())")];
        foreach (var ending in endings)
        {
            await using (var scope = _api.Services.CreateAsyncScope())
            {
                using var tenant = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(_tenants[0]);
                var session = scope.ServiceProvider.GetRequiredService<ITenantSession>();
                await session.BeginAsync(TestContext.Current.CancellationToken);
                (await session.Database.Set<Company>().CountAsync(TestContext.Current.CancellationToken)).ShouldBe(5);
                await ending(session);
            }

            await NoSettingIsLeftAsync();
        }
    }

    [Fact]
    public async Task A_pooled_context_is_stamped_with_its_tenant_at_every_lease_and_forgets_it_afterwards()
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < 20; i++)
        {
            await using var scope = _api.Services.CreateAsyncScope();
            using var tenant = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(_tenants[i]);
            var session = scope.ServiceProvider.GetRequiredService<ITenantSession>();
            await session.BeginAsync(TestContext.Current.CancellationToken);
            var context = (CrmDbContext)session.Database;
            context.TenantId.ShouldBe(_tenants[i].TenantId);
            context.ChangeTracker.Entries().ShouldBeEmpty();
            (await context.Companies.ToListAsync(TestContext.Current.CancellationToken)).ShouldAllBe(c => c.TenantId == _tenants[i].TenantId);
            seen.Add(context);
            await session.RollbackAsync();
            context.TenantId.ShouldBe(Guid.Empty);
        }

        seen.Count.ShouldBeLessThan(20, "contexts are pooled, or this proves nothing");
    }

    private static async Task FailAsync(ITenantSession session, string sql) =>
        await Should.ThrowAsync<PostgresException>(() => ((CrmDbContext)session.Database).Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken));

    private async Task WorkAsync(Random random, long end)
    {
        while (Stopwatch.GetTimestamp() < end)
        {
            var tenant = _tenants[random.Next(_tenants.Count)];
            using var broken = new CancellationTokenSource();
            if (random.Next(3) == 0)
                broken.CancelAfter(TimeSpan.FromMilliseconds(random.NextDouble() * 8));
            try
            {
                await using var scope = _api.Services.CreateAsyncScope();
                using var used = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(tenant);
                scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("soak"));
                await ActAsync(scope.ServiceProvider, tenant, random, broken.Token);
            }
            catch (Exception) when (broken.IsCancellationRequested)
            {
                Did("broken off");
            }
            catch (Exception failure)
            {
                _findings.Enqueue(failure.ToString());
            }
        }
    }

    private async Task ActAsync(IServiceProvider services, CrmTenantInfo tenant, Random random, CancellationToken cancellationToken)
    {
        var type = services.GetRequiredService<RecordModel>().Of(typeof(Company));
        var records = services.GetRequiredService<IRecordStore>();
        switch (random.Next(4))
        {
            case 0:
                var page = await records.ListAsync(new RecordQuery { Type = type, Selection = RecordSelection.Whole(type), Limit = 200, Sort = [new SortKey(new FieldPath([], type.Field("createdAt")!), true)] }, cancellationToken);
                Check(tenant, page.Data.Select(r => (string)r.Value("name")!), "read");
                break;
            case 1:
                await records.CreateAsync(new Company { Name = tenant.Id }, cancellationToken);
                Did("written");
                break;
            case 2:
                var reading = services.GetRequiredService<ITenantSession>();
                await reading.BeginAsync(cancellationToken);
                Check(tenant, (await reading.Database.Set<Company>().ToListAsync(cancellationToken)).Select(c => c.Name), "read by EF");
                await reading.CommitAsync(cancellationToken);
                break;
            default:
                var writing = services.GetRequiredService<ITenantSession>();
                await writing.BeginAsync(cancellationToken);
                var keep = random.Next(2) == 0;
                var company = new Company { Name = tenant.Id, Industry = keep ? "kept" : "rolled back" };
                company.MarkCreated(TimeProvider.System.GetUtcNow());
                var context = (CrmDbContext)writing.Database;
                context.Companies.Add(company);
                await context.SaveChangesAsync(cancellationToken);
                await (keep ? writing.CommitAsync(cancellationToken) : writing.RollbackAsync());
                Did(keep ? "written by EF" : "rolled back");
                break;
        }
    }

    private void Check(CrmTenantInfo tenant, IEnumerable<string> names, string kind)
    {
        var found = names.ToList();
        if (found.Count < 5 || found.Exists(name => name != tenant.Id))
            _findings.Enqueue($"{tenant.Id} has {kind}: {string.Join(", ", found.Distinct())}, {found.Count} rows");
        Did(kind);
    }

    private void Did(string kind) => _done.AddOrUpdate(kind, 1, (_, count) => count + 1);

    // All connections of the pool at once, so that each is looked at.
    private async Task NoSettingIsLeftAsync()
    {
        var source = _api.Services.GetRequiredService<NpgsqlDataSource>();
        var open = new List<NpgsqlConnection>();
        for (var i = 0; i < Connections; i++)
            open.Add(await source.OpenConnectionAsync());
        foreach (var connection in open)
        {
            (await connection.ScalarAsync<string>("SELECT coalesce(current_setting('app.tenant_id', true), '')")).ShouldBeEmpty();
            (await connection.ScalarAsync<long>("SELECT count(*) FROM companies")).ShouldBe(0);
            await connection.DisposeAsync();
        }
    }
}
