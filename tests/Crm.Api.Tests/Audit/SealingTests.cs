using Crm.Application.Audit;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Audit;

public sealed class SealingTests(AuditFixture fixture) : IClassFixture<AuditFixture>
{
    private const string Insert = """
        INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
        VALUES ($1, gen_random_uuid(), 'company', gen_random_uuid(), 1, 'created', 'system', 'Test', '{}')
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_commits_late_is_sealed_exactly_once_and_in_its_place()
    {
        var tenant = (await fixture.NewTenantAsync()).Id;
        await fixture.SealAllAsync(tenant);
        await using var slow = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        await using var transaction = await slow.BeginTransactionAsync(Cancellation);
        await InsertAsync(slow, tenant);
        await fixture.RunAsync(Insert, tenant);

        await fixture.Seals.SealAsync(Cancellation);
        var (before, unsealed) = await CountAsync(tenant);
        unsealed.ShouldBe(1, "the quick one waits for the slow one, which stands before it");

        await InsertAsync(slow, tenant);
        await transaction.CommitAsync(Cancellation);
        await fixture.SealAllAsync(tenant);

        (await CountAsync(tenant)).ShouldBe((before + 3, 0));
        (await fixture.VerifyAsync(tenant)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Two_nodes_that_seal_under_writers_with_transactions_of_any_length_seal_every_entry_once()
    {
        var tenant = (await fixture.NewTenantAsync()).Id;
        await using var other = await fixture.Api.StartNodeAsync(null, ("Audit:SealInterval", "01:00:00"));
        using var written = new CancellationTokenSource();
        var sealers = new[] { fixture.Seals, other.Services.GetRequiredService<ISeals>() }.Select(async seals =>
        {
            while (!written.IsCancellationRequested)
                await seals.SealAsync(Cancellation);
        }).ToList();

        await Task.WhenAll(Enumerable.Range(1, 6).Select(writer => WriteAsync(tenant, writer)));
        await written.CancelAsync();
        await Task.WhenAll(sealers);
        await fixture.SealAllAsync(tenant);

        var report = await fixture.VerifyAsync(tenant);
        report.Fault.ShouldBeNull();
        report.Entries.ShouldBe(await fixture.ScalarAsync<long>("SELECT count(*) FROM changes WHERE tenant_id = $1", tenant));
        report.Seals.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task More_than_fit_into_one_seal_go_into_several()
    {
        var tenant = (await fixture.NewTenantAsync()).Id;
        await fixture.RunAsync(Insert.Replace("VALUES (", "SELECT ", StringComparison.Ordinal).Replace("'{}')", "'{}' FROM generate_series(1, 2500)", StringComparison.Ordinal), tenant);

        await fixture.SealAllAsync(tenant);

        var report = await fixture.VerifyAsync(tenant);
        report.Fault.ShouldBeNull();
        report.Entries.ShouldBeGreaterThan(2500);
        report.Seals.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task A_chain_that_cannot_be_sealed_does_not_keep_the_others_waiting()
    {
        var (broken, other) = ((await fixture.NewTenantAsync()).Id, (await fixture.NewTenantAsync()).Id);

        // The number that follows the highest does not exist.
        await fixture.RunAsync("INSERT INTO change_seals SELECT $1, 9223372036854775807, now(), '3', 1, '', '', '', '', ''", broken);

        await fixture.SealAllAsync(other);

        (await fixture.VerifyAsync(other)).Entries.ShouldBeGreaterThan(0);
        (await fixture.VerifyAsync(broken)).Fault.ShouldBe("seal 1 is missing");
        await fixture.RunAsync("DELETE FROM change_seals WHERE tenant_id = $1", broken);
    }

    [Fact]
    public async Task The_running_system_seals_by_itself()
    {
        await using var api = await ApiHost.StartAsync(("Audit:SealInterval", "00:00:00.100"));
        var tenant = await api.CreateTenantAsync("acme");

        await Until.ShouldBe(
            () => api.Services.GetRequiredService<ISeals>().VerifyAsync(tenant.Id, null, Cancellation), report => report is { Fault: null, Unsealed: 0, Entries: > 0 }, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("UPDATE {0} SET origin = 'x'")]
    [InlineData("DELETE FROM {0}")]
    [InlineData("TRUNCATE {0}")]
    public async Task The_application_s_role_cannot_rewrite_or_shorten_any_part_of_the_log(string sql)
    {
        var tenant = (await fixture.NewTenantAsync()).Id;
        var tables = await fixture.ScalarAsync<string[]>("SELECT array_agg(c::text) FROM (SELECT inhrelid::regclass AS c FROM pg_inherits WHERE inhparent = 'changes'::regclass UNION ALL SELECT unnest(ARRAY['changes', 'host_changes', 'change_seals', 'host_seals']::regclass[])) t");
        tables.Length.ShouldBeGreaterThan(15);
        await using var app = NpgsqlDataSource.Create(fixture.Api.Database.AppConnectionString);
        foreach (var table in tables)
        {
            await using var batch = app.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenant.ToString() } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql.Replace("{0}", table, StringComparison.Ordinal).Replace("origin = 'x'", table.EndsWith("seals", StringComparison.Ordinal) ? "key_id = 'x'" : "origin = 'x'", StringComparison.Ordinal)));
            (await Should.ThrowAsync<PostgresException>(() => batch.ExecuteNonQueryAsync(Cancellation), table)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, table);
        }
    }

    private async Task WriteAsync(Guid tenant, int writer)
    {
        await using var connection = await fixture.Superuser.OpenConnectionAsync(Cancellation);
        for (var i = 0; i < 15; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await InsertAsync(connection, tenant);

            // As many trips as the writer's number is large keep the transaction open; every tenth is taken back.
            for (var wait = 0; wait < writer * writer; wait++)
            {
                await using var command = new NpgsqlCommand("SELECT 1", connection, transaction);
                await command.ExecuteScalarAsync(Cancellation);
            }

            await InsertAsync(connection, tenant);
            if (i % 10 != 9)
                await transaction.CommitAsync(Cancellation);
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, Guid tenant)
    {
        await using var command = new NpgsqlCommand(Insert, connection) { Parameters = { new() { Value = tenant } } };
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<(long Sealed, long Unsealed)> CountAsync(Guid tenant)
    {
        var report = await fixture.VerifyAsync(tenant);
        return (report.Entries, report.Unsealed);
    }
}
