using Crm.Domain.Identity;
using Crm.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crm.Benchmarks.Data;

/// <summary>Makes the benchmark's database: the product's own schema, and the same rows every time.</summary>
internal sealed class BenchDatabase(BenchServer server)
{
    /// <summary>Drops the database if there is one, makes it, migrates and fills it.</summary>
    public async Task PrepareAsync(BenchSize size, CancellationToken cancellationToken)
    {
        await using (var maintenance = await OpenAsync(server.Maintenance, cancellationToken))
        {
            await ExecuteAsync(maintenance, $"DROP DATABASE IF EXISTS {BenchServer.Database} WITH (FORCE)", cancellationToken);
            await ExecuteAsync(maintenance, $"CREATE DATABASE {BenchServer.Database}", cancellationToken);
        }

        await DatabaseBootstrap.RunAsync(server.Admin, cancellationToken);
        await using var admin = await OpenAsync(server.Admin, cancellationToken);
        await ExecuteAsync(admin, "CREATE EXTENSION pg_stat_statements", cancellationToken);
        await ExecuteAsync(admin, $"""
            DO $$ BEGIN
                IF to_regrole('{BenchServer.ReferenceRole}') IS NULL THEN
                    CREATE ROLE {BenchServer.ReferenceRole} LOGIN NOSUPERUSER BYPASSRLS;
                END IF;
            END $$
            """, cancellationToken);
        foreach (var role in new[] { BenchServer.OwnerRole, BenchServer.AppRole, BenchServer.ReferenceRole })
            await SetPasswordAsync(admin, role, cancellationToken);

        await DatabaseMigrator.MigrateAsync(server.As(BenchServer.OwnerRole), cancellationToken);
        await ExecuteAsync(admin, $"""
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {BenchServer.ReferenceRole};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {BenchServer.ReferenceRole};
            """, cancellationToken);
        await SeedAsync(admin, size, cancellationToken);
        await ExecuteAsync(admin, "VACUUM (FREEZE, ANALYZE)", cancellationToken);
        await ExecuteAsync(admin, "CHECKPOINT", cancellationToken);
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task SetPasswordAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        // ALTER ROLE takes no parameters; the server itself quotes the literal.
        await using var format = new NpgsqlCommand("SELECT format('ALTER ROLE %I PASSWORD %L', $1, $2)", connection)
        {
            Parameters = { new() { Value = role }, new() { Value = server.Password } },
        };
        await ExecuteAsync(connection, (string)(await format.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
    }

    private async Task SeedAsync(NpgsqlConnection connection, BenchSize size, CancellationToken cancellationToken)
    {
        // As the product hashes, so that no sign-in has to hash again.
        var hasher = new PasswordHasher<User>(new OptionsWrapper<PasswordHasherOptions>(new() { IterationCount = 210_000 }));
        var hash = hasher.HashPassword(new User(), server.Password);
        var settings = new Dictionary<string, string>
        {
            ["bench.tenants"] = $"{size.Tenants}",
            ["bench.contacts"] = $"{size.Contacts}",
            ["bench.companies"] = $"{size.Companies}",
            ["bench.deals"] = $"{size.Deals}",
            ["bench.permissions"] = "{" + string.Join(',', Permissions.All) + "}",
            ["bench.password_hash"] = hash,
        };
        foreach (var (name, value) in settings)
        {
            await using var set = new NpgsqlCommand("SELECT set_config($1, $2, false)", connection)
            {
                Parameters = { new() { Value = name }, new() { Value = value } },
            };
            await set.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync(connection, Resources.Text("seed.sql"), cancellationToken);
    }
}
