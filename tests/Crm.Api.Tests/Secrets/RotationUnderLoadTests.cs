using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>
/// Both kinds of keys are changed by processes of their own that are killed in the midst of it, again and again, while two nodes read and
/// write secrets. Batches of
/// one row make the work long enough to be cut off.
/// </summary>
public sealed class RotationUnderLoadTests : IAsyncLifetime
{
    private const int KeysPerTenant = 60;
    private const int Kills = 15;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<string> _failures = [];
    private readonly List<TestTenant> _tenants = [];
    private ApiHost _a = null!;
    private ApiHost _b = null!;
    private int _reads;
    private int _writes;

    public async ValueTask InitializeAsync()
    {
        _a = await ApiHost.StartAsync();
        _b = await _a.StartNodeAsync();
        foreach (var identifier in new[] { "acme", "beta", "gamma" })
        {
            var tenant = await _a.CreateTenantAsync(identifier);
            _tenants.Add(tenant);
            for (var i = 0; i < KeysPerTenant; i++)
                await tenant.KeepAsync($"p{i}", SecretOf(tenant, i));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
    }

    [Fact]
    public async Task Rotations_killed_in_the_midst_of_it_lose_nothing_and_are_finished_by_the_next()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = Task.WhenAll([ReadAsync(_a, stop.Token), ReadAsync(_b, stop.Token), WriteAsync(_a, stop.Token), WriteAsync(_b, stop.Token)]);

        var cutOff = 0;
        for (var kill = 0; kill < Kills; kill++)
            cutOff += await KillAsync(kill % 3 == 2 ? ["secrets", "rotate-kek"] : ["secrets", "rotate-dek", "--all"]) ? 1 : 0;

        var dek = await RunAsync("secrets", "rotate-dek", "--all");
        var kek = await RunAsync("secrets", "rotate-kek");
        await stop.CancelAsync();
        await load;

        cutOff.ShouldBeGreaterThan(Kills / 2, "most runs are cut off, or nothing is proved");
        dek.Output.ShouldContain(" 0 unreadable");
        kek.Output.ShouldContain(" 0 unreadable");
        _failures.ShouldBeEmpty();
        _reads.ShouldBeGreaterThan(100);
        _writes.ShouldBeGreaterThan(20);
        (await RunAsync("secrets", "verify")).Output.ShouldBe($"{_tenants.Count * KeysPerTenant} secrets looked at, 0 unreadable\n");
        (await _a.SqlAsync("SELECT count(*) FROM provider_keys p WHERE NOT EXISTS (SELECT FROM data_keys d WHERE d.tenant_id = p.tenant_id AND d.id::text = split_part(p.secret, '|', 3) AND d.state = 'active')")).ShouldBe(0L);
        (await _a.SqlAsync("SELECT count(*) FROM data_keys WHERE state = 'retiring'")).ShouldBe(0L);
        (await _a.SqlAsync("SELECT count(*) FROM data_keys WHERE kek_id <> (SELECT id FROM key_encryption_keys WHERE retired_at IS NULL)")).ShouldBe(0L);
        (await _a.SqlAsync("SELECT count(*) FROM key_encryption_keys WHERE retired_at IS NOT NULL AND emptied_at IS NULL")).ShouldBe(0L);
    }

    // A secret says whose it is, so that whatever is read can be checked, however often it was written meanwhile.
    private static string SecretOf(TestTenant tenant, int key) => $"{tenant.Identifier}-p{key}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}";

    // Kills once the work is seen to be under way: the state before differs from the state now.
    private async Task<bool> KillAsync(string[] command)
    {
        var before = await StateAsync();
        using var process = CrmProcess.Start(Environment(), command);
        var more = RandomNumberGenerator.GetInt32(1, 40);
        await Until.ShouldBe(async () => process.HasEnded || (await StateAsync() != before && --more <= 0), done => done, Deadline);
        if (process.HasEnded)
            return false;
        await process.SignalAsync("KILL");
        return true;
    }

    // What is written only by rotations: which keys there are, in which state, and by which they are wrapped.
    private async Task<string> StateAsync() => (string)(await _a.SqlAsync(
        "SELECT (SELECT coalesce(string_agg(id || state || kek_id, ',' ORDER BY id), '') FROM data_keys) || (SELECT coalesce(string_agg(id || coalesce(retired_at::text, ''), ',' ORDER BY id), '') FROM key_encryption_keys)"))!;

    private async Task<CrmResult> RunAsync(params string[] command)
    {
        var result = await CrmProcess.RunAsync(Environment(), command);
        result.ShouldSatisfyAllConditions(() => result.Errors.ShouldBe(""), () => result.ExitCode.ShouldBe(0));
        return result;
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["CRM_HOME"] = _a.Home,
        ["ConnectionStrings__Crm"] = _a.Database.AppConnectionString,
        ["Encryption__Keys"] = "",
        ["Encryption__KeyActivationDelay"] = "00:00:00",
        ["Encryption__BatchSize"] = "1",
    };

    private async Task ReadAsync(ApiHost node, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (tenant, key) = Pick();
            await TryAsync(async () =>
            {
                var secret = await node.UseAsync(tenant, $"p{key}");
                if (!secret.StartsWith($"{tenant.Identifier}-p{key}-", StringComparison.Ordinal))
                    _failures.Add($"{tenant.Identifier} p{key}: another's secret");
            });
            Interlocked.Increment(ref _reads);
        }
    }

    private async Task WriteAsync(ApiHost node, CancellationToken stop)
    {
        var ids = new ConcurrentDictionary<(string, int), Guid>();
        while (!stop.IsCancellationRequested)
        {
            var (tenant, key) = Pick();
            await TryAsync(async () =>
            {
                if (!ids.TryGetValue((tenant.Identifier, key), out var id))
                    ids[(tenant.Identifier, key)] = id = (await tenant.Client.SendAsync("GET", $"{SecretWorld.Path}?filter[provider]=p{key}")).Ids[0];
                using var client = node.CreateClient();
                client.DefaultRequestHeaders.Authorization = tenant.Client.DefaultRequestHeaders.Authorization;
                var answer = await client.SendAsync("POST", $"{SecretWorld.Path}/{id}/rotate", new { secret = SecretOf(tenant, key) });

                // Two writers who meet at one key: one of them is told so, and nothing is lost.
                if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.PreconditionFailed))
                    _failures.Add(answer.Text);
            });
            Interlocked.Increment(ref _writes);
        }
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure)
        {
            _failures.Add(failure.ToString());
        }
    }

    private (TestTenant Tenant, int Key) Pick() => (_tenants[RandomNumberGenerator.GetInt32(_tenants.Count)], RandomNumberGenerator.GetInt32(KeysPerTenant));
}
