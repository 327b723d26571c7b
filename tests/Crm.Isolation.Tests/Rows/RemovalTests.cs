using Crm.Api.Hosting;
using Crm.Application.Tenants;
using Crm.Isolation.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Rows;

public sealed class RemovalTests : IAsyncLifetime
{
    // Every column that could name a tenant, whatever the table: the host's own log, which keeps that there was one, names it in texts
    // alone.
    private const string IdColumns = """
        SELECT c.oid::regclass::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.atttypid = 'uuid'::regtype AND a.attnum > 0 AND NOT a.attisdropped
        """;

    private TwoTenants _tenants = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private NpgsqlConnection Superuser => _tenants.Superuser;

    private Guid Doomed => _tenants.Own.Tenant.Id;

    private ITenantRemoval Removal => _tenants.Api.Services.GetRequiredService<ITenantRemoval>();

    private string Files => Path.Combine(_tenants.Api.Home, "files", "t", Doomed.ToString());

    public async ValueTask InitializeAsync() => _tenants = await TwoTenants.StartAsync((_, _) => { }, app => app.UseCrm());

    public ValueTask DisposeAsync() => _tenants.DisposeAsync();

    [Fact]
    public async Task A_tenant_whose_grace_is_over_leaves_no_row_in_any_table_no_file_and_every_other_tenant_as_it_was()
    {
        Directory.CreateDirectory(Path.Combine(Files, "imports"));
        await File.WriteAllTextAsync(Path.Combine(Files, "imports", "left.csv"), "x", Cancellation);
        await Superuser.RunAsync("INSERT INTO job_queue (job_id, tenant_id, type) VALUES (gen_random_uuid(), $1, 'import')", Doomed);
        var other = new RowHash(Superuser, _tenants.Other.Tenant.Id);
        var before = await other.TakeAsync();
        (await MentionsAsync()).Count.ShouldBeGreaterThan(14);

        await MakeDueAsync();
        (await Removal.RemoveDueAsync(Cancellation)).ShouldBe(1);

        (await MentionsAsync()).ShouldBeEmpty();
        Directory.Exists(Files).ShouldBeFalse();
        (await other.TakeAsync()).ShouldBe(before);
        (await Superuser.ScalarAsync<long>("SELECT count(*) FROM host_changes WHERE action = 'tenant_purged' AND fields->>'tenantId' = $1 AND fields->>'identifier' = 'own-tenant'", Doomed.ToString())).ShouldBe(1);
        (await Superuser.ScalarAsync<long>("SELECT count(*) FROM tenants WHERE identifier = 'own-tenant'")).ShouldBe(0, "the identifier is free again");
    }

    [Fact]
    public async Task A_removal_that_is_cut_off_after_any_batch_is_finished_by_the_next_and_two_nodes_do_it_once()
    {
        await MakeDueAsync();
        await using (var app = await SqlExtensions.OpenAsync(_tenants.Api.Database.AppConnectionString))
        {
            // What a process has done that dies in between.
            for (var i = 0; i < 5; i++)
                (await app.ScalarAsync<int>("SELECT purge_tenant($1, 7)", Doomed)).ShouldBe(7);
        }

        await using var node = await _tenants.Api.StartNodeAsync();
        var removed = await Task.WhenAll(Removal.RemoveDueAsync(Cancellation), node.Services.GetRequiredService<ITenantRemoval>().RemoveDueAsync(Cancellation));

        // Whoever finds the tenant in the other's hands leaves it; if that was at its last step, nothing is left to be found.
        await Removal.RemoveDueAsync(Cancellation);
        removed.Sum().ShouldBeLessThanOrEqualTo(1);
        (await MentionsAsync()).ShouldBeEmpty();
        (await Superuser.ScalarAsync<long>("SELECT count(*) FROM host_changes WHERE action = 'tenant_purged'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("status = 'active', delete_after = NULL")]
    [InlineData("status = 'deleting', delete_after = now() + interval '1 minute'")]
    public async Task A_tenant_that_is_not_due_loses_no_row_whoever_asks(string state)
    {
        var rows = new RowHash(Superuser, Doomed);
        await Superuser.RunAsync($"UPDATE tenants SET {state} WHERE id = $1", Doomed);
        var before = await rows.TakeAsync();
        await using var app = await SqlExtensions.OpenAsync(_tenants.Api.Database.AppConnectionString);

        (await app.ScalarAsync<int>("SELECT purge_tenant($1, 1000)", Doomed)).ShouldBe(-1);
        (await Removal.RemoveDueAsync(Cancellation)).ShouldBe(0);

        (await rows.TakeAsync()).ShouldBe(before);
    }

    private async Task MakeDueAsync() =>
        await Superuser.RunAsync("UPDATE tenants SET status = 'deleting', status_before = status, delete_after = now() - interval '1 second' WHERE id = $1", Doomed);

    private async Task<IReadOnlyList<string>> MentionsAsync()
    {
        var columns = await Superuser.ListAsync(IdColumns, r => (Table: r.GetString(0), Column: r.GetString(1)));
        var mentions = new List<string>();
        foreach (var (table, column) in columns)
        {
            if (await Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {table} WHERE {column} = $1)", Doomed))
                mentions.Add($"{table}.{column}");
        }

        return mentions;
    }
}
