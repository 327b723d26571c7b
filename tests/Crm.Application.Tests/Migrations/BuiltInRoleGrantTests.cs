using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Migrations;

/// <summary>A database as an earlier version left it, with tenants in it, that is migrated to this version.</summary>
public sealed class BuiltInRoleGrantTests : IAsyncLifetime
{
    private const string Before = "20261121000009_Sessions";

    private ClusterDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClusterDatabase.CreateBareAsync();
        await using var context = new CrmDbContext(new DbContextOptionsBuilder<CrmDbContext>()
            .UseNpgsql(_database.Owner, npgsql => npgsql.MigrationsHistoryTable(DatabaseMigrator.HistoryTable))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);
        await context.GetService<IMigrator>().MigrateAsync(Before, Cancellation);
        await ExecuteAsync("""
            SELECT prepare_change_partitions(1);
            INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'tenant-' || n, 'Tenant' FROM generate_series(1, 3) n;
            INSERT INTO roles (tenant_id, id, name, permissions, built_in, created_at, updated_at)
            SELECT t.id, gen_random_uuid(), r.name, r.permissions, r.name <> 'custom', now() - interval '1 day', now() - interval '1 day'
            FROM tenants t, (VALUES ('owner', ARRAY['deals:read', 'roles:read']), ('admin', ARRAY['deals:read']), ('viewer', ARRAY['deals:read']), ('custom', ARRAY['deals:read'])) r (name, permissions);
            """);
        await DatabaseMigrator.MigrateAsync(_database.Owner, Cancellation);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Built_in_roles_of_every_tenant_get_the_permissions_they_lack_behind_those_they_have()
    {
        (await ListAsync("SELECT DISTINCT array_to_string(permissions[1:2], ',') FROM roles WHERE name = 'owner'")).ShouldBe(["deals:read,roles:read"]);
        (await ListAsync("SELECT DISTINCT permissions[1] FROM roles WHERE name = 'admin'")).ShouldBe(["deals:read"]);

        // All that have come since there are tenants.
        string[] later = ["teams", "roles", "audit", "provider_keys", "settings", "api_keys"];
        var granted = Permissions.All.Where(p => later.Contains(p.Split(':')[0])).Append("deals:read").Order(StringComparer.Ordinal).ToList();
        foreach (var role in new[] { "owner", "admin" })
            (await ListAsync($"SELECT p FROM roles, unnest(permissions) p WHERE name = '{role}' GROUP BY p ORDER BY p COLLATE \"C\"")).ShouldBe(granted, role);
        (await ListAsync("SELECT DISTINCT array_to_string(permissions[1:2], ',') FROM roles WHERE name = 'viewer'")).ShouldBe(["deals:read,teams:read"]);
        (await ListAsync("SELECT name FROM roles WHERE cardinality(permissions) <> (SELECT count(DISTINCT p) FROM unnest(permissions) p)")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Roles_that_a_tenant_made_itself_stay_as_they_are() =>
        (await ListAsync("SELECT array_to_string(permissions, ',') || ' ' || version FROM roles WHERE name = 'custom'")).ShouldBe(Enumerable.Repeat("deals:read 1", 3));

    [Fact]
    public async Task Each_grant_is_a_change_of_the_role_in_its_tenant_s_log()
    {
        (await ListAsync("""
            SELECT DISTINCT r.name FROM changes c JOIN roles r ON r.tenant_id = c.tenant_id AND r.id = c.record_id
            WHERE c.record_type = 'role' AND c.action = 'updated' AND c.actor_type = 'system' ORDER BY 1
            """)).ShouldBe(["admin", "owner", "viewer"]);
        (await ListAsync("""
            SELECT r.name FROM roles r
            WHERE r.version <> 1 + (SELECT count(*) FROM changes c WHERE c.tenant_id = r.tenant_id AND c.record_id = r.id)
               OR to_jsonb(r.permissions) IS DISTINCT FROM coalesce(
                    (SELECT c.fields->'permissions'->'to' FROM changes c WHERE c.tenant_id = r.tenant_id AND c.record_id = r.id ORDER BY c.version DESC LIMIT 1), to_jsonb(r.permissions))
               OR (r.version > 1) <> (r.updated_at > r.created_at)
            """)).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database.Superuser);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(Cancellation))
            found.Add(reader.GetString(0));
        return found;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database.Superuser);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>A database with roles and extensions, and no table yet.</summary>
    private sealed record ClusterDatabase(string Name, string Maintenance, string Owner, string Superuser) : IAsyncDisposable
    {
        public static async Task<ClusterDatabase> CreateBareAsync()
        {
            var connections = await TestCluster.ConnectionsAsync();
            var name = $"crm_test_{Guid.NewGuid():N}";
            var database = new ClusterDatabase(name, connections.Superuser("postgres"), Unpooled(connections.Owner(name)), Unpooled(connections.Superuser(name)));
            await RunAsync(database.Maintenance, $"CREATE DATABASE {name}");
            await DatabaseBootstrap.RunAsync(database.Superuser, Cancellation);
            return database;
        }

        public async ValueTask DisposeAsync() => await RunAsync(Maintenance, $"DROP DATABASE {Name} WITH (FORCE)");

        private static async Task RunAsync(string connectionString, string sql)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        private static string Unpooled(string connection) => new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;
    }
}
