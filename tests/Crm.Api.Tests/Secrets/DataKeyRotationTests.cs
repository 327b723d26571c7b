using System.Net;
using Crm.Application.Secrets;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

public sealed class DataKeyRotationTests
{
    [Fact]
    public async Task Plaintext_from_before_is_encrypted_once_for_all_tenants_and_then_readable()
    {
        await using var host = await ApiHost.StartAsync(("Encryption:BatchSize", "2"));
        var (acme, beta) = (await host.CreateTenantAsync("acme"), await host.CreateTenantAsync("beta"));
        await host.SqlAsync("ALTER TABLE provider_keys DROP CONSTRAINT ck_provider_keys__secret");
        await host.SqlAsync("DELETE FROM encrypted_columns");
        foreach (var tenant in new[] { acme, beta })
        {
            await host.SqlAsync("""
                INSERT INTO provider_keys (tenant_id, id, provider, name, secret, last4, rotated_at, created_at, updated_at)
                SELECT $1, gen_random_uuid(), 'p' || n, 'n', 'old-plain-text-' || n, 'last', now(), now(), now() FROM generate_series(1, 5) n
                """, tenant.Id);
        }

        (await host.OperateAsync(new EncryptSecrets())).Done.ShouldBe(10);

        (await host.UseAsync(acme, "p3")).ShouldBe("old-plain-text-3");
        (await host.UseAsync(beta, "p5")).ShouldBe("old-plain-text-5");
        (await host.SqlAsync("SELECT count(*) FROM provider_keys WHERE secret LIKE '%plain%'")).ShouldBe(0L);
        (await host.SqlAsync("SELECT name FROM encrypted_columns")).ShouldBe("provider_keys.secret");
        (await host.OperateAsync(new VerifySecrets())).Sum().ShouldBe((10, 0));
    }

    [Fact]
    public async Task A_rotation_retires_the_key_before_and_removes_it_when_its_time_is_over()
    {
        await using var host = await ApiHost.StartAsync(("Encryption:KeepRetiredKeysFor", "00:00:00"));
        var (acme, beta) = (await host.CreateTenantAsync("acme"), await host.CreateTenantAsync("beta"));
        (await host.OperateAsync(new RotateDataKeys(null))).Sum().ShouldBe((0, 0));
        var secret = SecretWorld.NewSecret();
        await acme.KeepAsync("openai", secret);
        await beta.KeepAsync("openai", SecretWorld.NewSecret());
        var before = await ActiveAsync(host, acme);

        (await host.OperateAsync(new RotateDataKeys("acme"))).Done.ShouldBe(1);

        (await ActiveAsync(host, acme)).ShouldNotBe(before);
        (await host.UseAsync(acme, "openai")).ShouldBe(secret);
        (await host.SqlAsync("SELECT count(*) FROM data_keys WHERE tenant_id = $1", acme.Id)).ShouldBe(1L);
        (await host.SqlAsync("SELECT version FROM provider_keys WHERE tenant_id = $1", acme.Id)).ShouldBe(1);
        await Should.ThrowAsync<Domain.Common.NotFoundException>(() => host.OperateAsync(new RotateDataKeys("nobody")));
    }

    [Fact]
    public async Task A_row_that_another_holds_is_left_out_and_seen_to_once_it_is_free()
    {
        await using var host = await ApiHost.StartAsync(("Encryption:BatchSize", "1"));
        var acme = await host.CreateTenantAsync("acme");
        foreach (var provider in new[] { "a", "b", "c" })
            await acme.KeepAsync(provider, SecretWorld.NewSecret());
        await using var connection = new NpgsqlConnection(host.Database.SuperConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var held = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM provider_keys WHERE provider = 'b' FOR UPDATE", connection, held))
            await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        var rotation = host.OperateAsync(new RotateDataKeys("acme"));
        await Until.ShouldBe(
            async () => (long)(await host.SqlAsync("SELECT count(*) FROM provider_keys p JOIN data_keys d ON d.id::text = split_part(p.secret, '|', 3) WHERE d.state = 'retiring'"))!,
            left => left == 1, TimeSpan.FromSeconds(30));
        rotation.IsCompleted.ShouldBeFalse();
        await held.RollbackAsync(TestContext.Current.CancellationToken);

        (await rotation).Sum().ShouldBe((3, 0));
        (await host.SqlAsync("SELECT count(*) FROM data_keys WHERE state = 'retiring'")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_key_that_has_encrypted_enough_gives_way_to_another_by_itself()
    {
        await using var host = await ApiHost.StartAsync();
        var acme = await host.CreateTenantAsync("acme");
        var (first, second) = (SecretWorld.NewSecret(), SecretWorld.NewSecret());
        await acme.KeepAsync("first", first);
        var before = await ActiveAsync(host, acme);
        await host.SqlAsync("UPDATE data_keys SET uses = 16777216 WHERE tenant_id = $1", acme.Id);

        await acme.KeepAsync("second", second);

        (await ActiveAsync(host, acme)).ShouldNotBe(before);
        (await host.UseAsync(acme, "first")).ShouldBe(first);
        (await host.UseAsync(acme, "second")).ShouldBe(second);
    }

    [Fact]
    public async Task Nodes_that_write_the_first_secrets_at_once_agree_on_one_data_key()
    {
        await using var a = await ApiHost.StartAsync();
        await using var b = await a.StartNodeAsync();
        var acme = await a.CreateTenantAsync("acme");
        using var onB = b.CreateClient();
        onB.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? acme.Client : onB).SendAsync(
            "POST", SecretWorld.Path, new { provider = $"p{i}", name = "n", secret = SecretWorld.NewSecret() })));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created);
        (await a.SqlAsync("SELECT count(*) FROM data_keys")).ShouldBe(1L);
        (await b.OperateAsync(new VerifySecrets())).Sum().ShouldBe((8, 0));
    }

    private static async Task<Guid> ActiveAsync(ApiHost host, TestTenant tenant) =>
        (Guid)(await host.SqlAsync("SELECT id FROM data_keys WHERE tenant_id = $1 AND state = 'active'", tenant.Id))!;
}
