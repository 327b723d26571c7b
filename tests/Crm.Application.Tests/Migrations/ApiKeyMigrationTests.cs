using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Migrations;

public sealed class ApiKeyMigrationTests
{
    private const string Migration = "20261121000012_ApiKeys";

    // As the database was before: without the tables, and with tenants whose built-in roles know nothing of keys.
    private const string Before = """
        ALTER TABLE jobs DROP COLUMN api_key_id;
        DROP TABLE api_key_usage, api_keys, api_key_secrets;
        DELETE FROM __history WHERE "MigrationId" = '20261121000012_ApiKeys';
        INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'tenant-' || i, 'x' FROM generate_series(1, 3) i;
        INSERT INTO roles (tenant_id, id, name, permissions, built_in, created_at, updated_at)
            SELECT t.id, gen_random_uuid(), r.name, ARRAY['users:read'], r.built_in, now(), now()
            FROM tenants t, (VALUES ('owner', true), ('admin', true), ('member', true), ('viewer', true), ('custom', false)) r (name, built_in);
        """;

    [Fact]
    public async Task The_owners_and_admins_of_every_tenant_get_the_permissions_and_nobody_else()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var superuser = NpgsqlDataSource.Create(database.SuperConnectionString);
        await using (var before = superuser.CreateCommand(Before.Replace("__history", DatabaseMigrator.HistoryTable, StringComparison.Ordinal)))
            await before.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await DatabaseMigrator.MigrateAsync(database.OwnerConnectionString, TestContext.Current.CancellationToken)).ShouldBe([Migration]);

        await using var after = superuser.CreateCommand("SELECT string_agg(name || ' ' || n, ',' ORDER BY name) FROM (SELECT name, count(*) AS n FROM roles WHERE permissions = ARRAY['users:read', 'api_keys:read', 'api_keys:write'] GROUP BY name) r");
        (await after.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("admin 3,owner 3");
    }
}
