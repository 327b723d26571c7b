using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Secrets;
using Crm.Domain.Common;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>Somebody who can write into the database, past the application, moves and changes what is encrypted.</summary>
public sealed class MovedSecretTests(SecretFixture fixture) : IClassFixture<SecretFixture>
{
    private readonly ApiHost _host = fixture.Host;
    private readonly TestTenant _acme = fixture.Acme;
    private readonly TestTenant _beta = fixture.Beta;

    [Fact]
    public async Task Two_rows_swapped_are_both_refused()
    {
        var (a, b) = (await KeepAsync(_acme), await KeepAsync(_acme));

        await _host.SqlAsync("UPDATE provider_keys p SET secret = o.secret FROM provider_keys o WHERE (p.id, o.id) IN (($1, $2), ($2, $1))", a.Id, b.Id);

        await RefusedAsync(_acme, a);
        await RefusedAsync(_acme, b);
    }

    [Fact]
    public async Task Another_tenant_s_secret_is_refused_even_with_its_data_key()
    {
        var (a, b) = (await KeepAsync(_acme), await KeepAsync(_beta));

        await _host.SqlAsync("UPDATE provider_keys p SET secret = o.secret FROM provider_keys o WHERE p.id = $1 AND o.id = $2", a.Id, b.Id);
        await RefusedAsync(_acme, a);

        await _host.SqlAsync("INSERT INTO data_keys (tenant_id, id, kek_id, wrapped, state) SELECT $1, id, kek_id, wrapped, 'retired' FROM data_keys WHERE tenant_id = $2 AND state = 'active'", _acme.Id, _beta.Id);
        await RefusedAsync(_acme, a);
        await _host.SqlAsync("DELETE FROM data_keys WHERE tenant_id = $1 AND state = 'retired'", _acme.Id);
        await _host.UseAsync(_beta, b.Provider);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_changed_nonce_text_or_tag_is_refused(int part)
    {
        var key = await KeepAsync(_acme);
        var parts = ((string)(await _host.SqlAsync("SELECT secret FROM provider_keys WHERE id = $1", key.Id))!).Split('|');
        parts[part] = (parts[part][0] == 'A' ? 'B' : 'A') + parts[part][1..];

        await _host.SqlAsync("UPDATE provider_keys SET secret = $2 WHERE id = $1", key.Id, string.Join('|', parts));

        await RefusedAsync(_acme, key);
    }

    [Theory]
    [InlineData("v1|k|{dek}|AAAAAAAAAAAAAAAA||AAA")]
    [InlineData("v1|k|{dek}|*|*|*")]
    [InlineData("v1|k|{dek}|a|b|c|d")]
    [InlineData("v1|k|nobody|a|b|c")]
    [InlineData("v1|k|00000000-0000-0000-0000-000000000000|a|b|c")]
    public async Task What_only_looks_encrypted_is_refused(string text)
    {
        var key = await KeepAsync(_acme);

        await _host.SqlAsync("UPDATE provider_keys p SET secret = replace($2, '{dek}', split_part(secret, '|', 3)) WHERE p.id = $1", key.Id, text);

        await RefusedAsync(_acme, key);
    }

    [Fact]
    public async Task What_was_encrypted_for_another_column_is_refused()
    {
        var key = await KeepAsync(_acme);

        await _host.SqlAsync("UPDATE provider_keys SET secret = $2 WHERE id = $1", key.Id, await SealForAsync(key.Id, "token"));
        await RefusedAsync(_acme, key);

        await _host.SqlAsync("UPDATE provider_keys SET secret = $2 WHERE id = $1", key.Id, await SealForAsync(key.Id, "secret"));
        (await _host.UseAsync(_acme, key.Provider)).ShouldBe("plain");
    }

    [Fact]
    public async Task Plaintext_is_refused_by_the_database_and_by_whoever_reads_it()
    {
        var key = await KeepAsync(_acme);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => _host.SqlAsync("UPDATE provider_keys SET secret = 'sk-plain-text-of-old' WHERE id = $1", key.Id));

        await using var host = await ApiHost.StartAsync();
        var tenant = await host.CreateTenantAsync("gamma");
        var id = await tenant.KeepAsync("openai", SecretWorld.NewSecret());
        await host.SqlAsync("ALTER TABLE provider_keys DROP CONSTRAINT ck_provider_keys__secret");
        await host.SqlAsync("UPDATE provider_keys SET secret = 'sk-plain-text-of-old' WHERE id = $1", id);

        // The column was encrypted before this was put in, so nothing takes it for a value of old.
        (await host.OperateAsync(new EncryptSecrets())).ShouldBe(SecretCounts.None);
        (await Should.ThrowAsync<UnavailableException>(() => host.UseAsync(tenant, "openai"))).Code.ShouldBe("secret_unreadable");
        (await host.OperateAsync(new VerifySecrets())).Unreadable.ShouldBe([$"provider_keys.secret {tenant.Id}/{id}"]);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_blocks_no_rotation_but_keeps_its_keys_and_is_named()
    {
        await using var host = await ApiHost.StartAsync(("Encryption:KeyActivationDelay", "00:00:00"), ("Encryption:BatchSize", "1"));
        var tenant = await host.CreateTenantAsync("delta");
        await tenant.KeepAsync("good", SecretWorld.NewSecret());
        var id = await tenant.KeepAsync("bad", SecretWorld.NewSecret());
        await host.SqlAsync("UPDATE provider_keys SET secret = left(secret, -1) || CASE right(secret, 1) WHEN 'A' THEN 'Q' ELSE 'A' END WHERE id = $1", id);

        var rotated = await host.OperateAsync(new RotateDataKeys("delta"));

        rotated.Unreadable.ShouldBe([$"provider_keys.secret {tenant.Id}/{id}"]);
        rotated.Done.ShouldBe(1);
        (await host.SqlAsync("SELECT count(*) FROM data_keys WHERE state = 'retiring'")).ShouldBe(1L);
        await host.UseAsync(tenant, "good");
        (await host.OperateAsync(new RotateDataKeys("delta"))).Sum().ShouldBe((0, 1));
        (await host.SqlAsync("SELECT count(*) FROM data_keys")).ShouldBe(2L, "what was not finished is gone on with");

        await host.SqlAsync("UPDATE data_keys SET wrapped = sha256(wrapped) WHERE state = 'retiring'");
        var rewrapped = await host.OperateAsync(new RotateKeyEncryptionKey());
        rewrapped.Counts.Unreadable.ShouldHaveSingleItem().ShouldStartWith("data_keys.wrapped");
        (await host.SqlAsync("SELECT count(*) FROM key_encryption_keys WHERE retired_at IS NOT NULL AND emptied_at IS NULL")).ShouldBe(1L);
        (await host.OperateAsync(new RotateKeyEncryptionKey())).KeyId.ShouldBe(rewrapped.KeyId, "what was not finished is gone on with");
        await host.UseAsync(tenant, "good");

        // Put in anew, the secret is good again, and the keys before are done with.
        await tenant.Client.SendAsync("POST", $"{SecretWorld.Path}/{id}/rotate", new { secret = SecretWorld.NewSecret() });
        (await host.OperateAsync(new RotateDataKeys("delta"))).Sum().ShouldBe((0, 0));
        (await host.SqlAsync("SELECT count(*) FROM data_keys WHERE state = 'retiring'")).ShouldBe(0L);
    }

    private static async Task<(Guid Id, string Provider)> KeepAsync(TestTenant tenant)
    {
        var provider = SecretWorld.NewProvider();
        return (await tenant.KeepAsync(provider, SecretWorld.NewSecret()), provider);
    }

    // A stable code for whoever asked, an entry in the key's list of uses, and one in the tenant's log.
    private async Task RefusedAsync(TestTenant tenant, (Guid Id, string Provider) key)
    {
        (await Should.ThrowAsync<UnavailableException>(() => _host.UseAsync(tenant, key.Provider))).Code.ShouldBe("secret_unreadable");
        var uses = await tenant.Client.SendAsync("GET", $"{SecretWorld.Path}/{key.Id}/uses?limit=1");
        ((string)uses.Body!["data"]![0]!["outcome"]!).ShouldBe("unreadable");
        (await _host.SqlAsync("SELECT record_type FROM changes WHERE tenant_id = $1 AND action = 'secret_unreadable' AND record_id = $2 LIMIT 1", tenant.Id, key.Id)).ShouldBe("provider_key");
    }

    // The format as documented, made by hand: so that the test does not depend on what it tests.
    private async Task<string> SealForAsync(Guid id, string column)
    {
        var dataKey = (Guid)(await _host.SqlAsync("SELECT id FROM data_keys WHERE tenant_id = $1 AND state = 'active'", _acme.Id))!;
        var wrapped = (byte[])(await _host.SqlAsync("SELECT wrapped FROM data_keys WHERE id = $1", dataKey))!;
        using var wrapping = new AesGcm(Convert.FromBase64String(await File.ReadAllTextAsync(Path.Combine(_host.Home, "keys", "development.key"), TestContext.Current.CancellationToken)), 16);
        var key = new byte[32];
        wrapping.Decrypt(wrapped.AsSpan(0, 12), wrapped.AsSpan(12, 32), wrapped.AsSpan(44), key, Encoding.UTF8.GetBytes($"v1|{_acme.Id}|data_keys|wrapped|{dataKey}"));

        var (nonce, text, tag) = (RandomNumberGenerator.GetBytes(12), new byte[5], new byte[16]);
        using var gcm = new AesGcm(key, 16);
        gcm.Encrypt(nonce, "plain"u8, text, tag, Encoding.UTF8.GetBytes($"v1|{_acme.Id}|provider_keys|{column}|{id}"));
        return $"v1|any|{dataKey}|{Base64Url.EncodeToString(nonce)}|{Base64Url.EncodeToString(text)}|{Base64Url.EncodeToString(tag)}";
    }
}
