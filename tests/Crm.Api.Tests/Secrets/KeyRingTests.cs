using System.Security.Cryptography;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Application.Secrets;
using Crm.Domain.Common;
using Crm.Infrastructure;
using Crm.Infrastructure.Secrets;
using Crm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>Key-encryption keys in files and in the configuration, and what a node demands of them when it starts.</summary>
public sealed class KeyRingTests : IDisposable
{
    private static readonly byte[] Context = "here"u8.ToArray();
    private static readonly byte[] DataKey = RandomNumberGenerator.GetBytes(32);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"crm-keys-{Guid.NewGuid():N}");
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_empty_ring_stays_empty_unless_a_key_for_development_is_allowed()
    {
        (await Ring().ListAsync(Cancellation)).ShouldBeEmpty();

        var made = (await Ring(allowed: true).ListAsync(Cancellation)).ShouldHaveSingleItem();
        made.IsDevelopment.ShouldBeTrue();
        (await Ring().ListAsync(Cancellation)).ShouldBe([made]);
    }

    [Fact]
    public async Task Nodes_that_start_together_on_one_folder_end_with_one_key()
    {
        var rings = Enumerable.Range(0, 16).Select(_ => Ring(allowed: true)).ToList();

        var lists = await Task.WhenAll(rings.Select(ring => Task.Run(() => ring.ListAsync(Cancellation), Cancellation)));

        lists.SelectMany(keys => keys).Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(_folder).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_first_key_wraps_at_once_and_a_further_one_when_every_node_has_it()
    {
        var ring = Ring();
        var first = await ring.AddAsync(Cancellation);
        var second = await ring.AddAsync(Cancellation);

        first.UsableFrom.ShouldBe(_time.GetUtcNow());
        second.UsableFrom.ShouldBe(_time.GetUtcNow().AddSeconds(61));
        (await ring.ListAsync(Cancellation)).ShouldBe([first, second]);
    }

    [Fact]
    public async Task What_is_wrapped_is_unwrapped_with_its_own_key_in_its_own_place_and_unchanged()
    {
        var ring = Ring();
        var key = await ring.AddAsync(Cancellation);
        var wrapped = (await ring.WrapAsync(key.Id, DataKey, Context, Cancellation))!;

        (await Ring().UnwrapAsync(key.Id, wrapped, Context, Cancellation)).ShouldBe(DataKey);
        (await ring.UnwrapAsync(key.Id, wrapped, "there"u8.ToArray(), Cancellation)).ShouldBeNull();
        (await ring.UnwrapAsync(key.Id, [.. wrapped[..^1], (byte)(wrapped[^1] ^ 1)], Context, Cancellation)).ShouldBeNull();
        (await ring.UnwrapAsync(key.Id, wrapped[..20], Context, Cancellation)).ShouldBeNull();
        (await ring.UnwrapAsync((await ring.AddAsync(Cancellation)).Id, wrapped, Context, Cancellation)).ShouldBeNull();
        (await ring.UnwrapAsync("nobody", wrapped, Context, Cancellation)).ShouldBeNull();
        (await ring.WrapAsync("nobody", DataKey, Context, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_no_key_is_said_and_so_are_too_many()
    {
        Directory.CreateDirectory(_folder);
        var broken = Path.Combine(_folder, "broken.key");
        await File.WriteAllTextAsync(broken, "c2hvcnQ=", Cancellation);
        (await Should.ThrowAsync<CannotRunException>(() => Ring().ListAsync(Cancellation))).Message.ShouldContain(broken);
        (await Should.ThrowAsync<CannotRunException>(() => Ring(keys: "c2hvcnQ=").ListAsync(Cancellation))).Message.ShouldContain("Encryption__Keys");

        for (var i = 0; i < 33; i++)
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{i}.key"), NewKey(), Cancellation);
        (await Should.ThrowAsync<CannotRunException>(() => Ring().ListAsync(Cancellation))).Code.ShouldBe("too_many_encryption_keys");
    }

    [Fact]
    public async Task Keys_that_are_given_are_all_there_is()
    {
        var ring = Ring(keys: $"{NewKey()}, {NewKey()}", allowed: true);

        (await ring.ListAsync(Cancellation)).Count.ShouldBe(2);
        (await Should.ThrowAsync<CannotRunException>(() => ring.AddAsync(Cancellation))).Code.ShouldBe("encryption_keys_given");
        Directory.Exists(_folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_start_needs_a_key_the_right_one_and_none_for_development_where_that_will_not_do()
    {
        var key = NewKey();
        await using var host = await ApiHost.StartAsync(services => services.Configure<DevelopmentKeyOptions>(keys => keys.Allowed = false), ("Encryption:KeyFolder", _folder));
        (await RefusalAsync(host)).ShouldBe("encryption_key_missing");
        var acme = await host.CreateTenantAsync("acme");
        (await acme.Client.SendAsync("POST", SecretWorld.Path, Body())).Code.ShouldBe("encryption_unavailable");

        await using (var development = await host.StartNodeAsync(settings: ("Encryption:KeyFolder", _folder)))
            await StartAsync(development);
        (await RefusalAsync(host)).ShouldBe("encryption_key_for_development");

        await using var rightNode = await host.StartNodeAsync(settings: ("Encryption:Keys", $"{await File.ReadAllTextAsync(Path.Combine(_folder, "development.key"), Cancellation)} {key}"));
        await rightNode.OperateAsync(new RotateKeyEncryptionKey());
        await using var wrongNode = await host.StartNodeAsync(settings: ("Encryption:Keys", NewKey()));
        await StartAsync(rightNode);
        (await RefusalAsync(wrongNode)).ShouldBe("encryption_key_missing");

        using var onWrong = wrongNode.CreateClient();
        onWrong.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;
        using var onRight = rightNode.CreateClient();
        onRight.DefaultRequestHeaders.Authorization = acme.Client.DefaultRequestHeaders.Authorization;
        (await onWrong.SendAsync("POST", SecretWorld.Path, Body())).Code.ShouldBe("encryption_unavailable");
        (await onRight.SendAsync("POST", SecretWorld.Path, Body())).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await onWrong.SendAsync("POST", SecretWorld.Path, Body())).Code.ShouldBe("secret_unreadable");
    }

    [Fact]
    public async Task A_change_waits_until_every_node_has_the_key_and_takes_the_oldest_where_none_has_come_of_age()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "29991231T000000Z-a.key"), NewKey(), Cancellation);
        await using var host = await ApiHost.StartAsync(("Encryption:KeyFolder", _folder), ("Encryption:KeyActivationDelay", "00:00:01"));
        await StartAsync(host);
        var only = (await Ring().ListAsync(Cancellation)).ShouldHaveSingleItem();
        (await host.SqlAsync("SELECT id FROM key_encryption_keys")).ShouldBe(only.Id);

        var before = TimeProvider.System.GetUtcNow();
        var rotated = await host.OperateAsync(new RotateKeyEncryptionKey());

        rotated.KeyId.ShouldNotBe(only.Id);
        (TimeProvider.System.GetUtcNow() - before).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        (await host.SqlAsync("SELECT id FROM key_encryption_keys WHERE retired_at IS NULL")).ShouldBe(rotated.KeyId);
    }

    private static object Body() => new { provider = SecretWorld.NewProvider(), name = "n", secret = SecretWorld.NewSecret() };

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    // Whoever only looks is told the same, and settles nothing.
    private static async Task StartAsync(ApiHost host)
    {
        const string settled = "SELECT count(*) FROM key_encryption_keys";
        var start = host.Services.GetRequiredService<IEncryptionStart>();
        var before = await host.ScalarAsync(settled);
        var seen = await Xunit.Record.ExceptionAsync(() => start.LookAsync(Cancellation));
        (await host.ScalarAsync(settled)).ShouldBe(before);
        var refused = await Xunit.Record.ExceptionAsync(() => start.VerifyAsync(Cancellation));
        seen?.Message.ShouldBe(refused?.Message);
        (seen is null).ShouldBe(refused is null);
        if (refused is not null)
            throw refused;
    }

    private static async Task<string> RefusalAsync(ApiHost host) => (await Should.ThrowAsync<CannotRunException>(() => StartAsync(host))).Code;

    private IKeyRing Ring(string? keys = null, bool allowed = false)
    {
        var settings = new Dictionary<string, string?> { ["Encryption:KeyFolder"] = _folder, ["Encryption:Keys"] = keys };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TimeProvider>(_time)
            .AddFeatures("Secrets")
            .Configure<DevelopmentKeyOptions>(options => options.Allowed = allowed)
            .BuildServiceProvider()
            .GetRequiredService<IKeyRing>();
    }
}
