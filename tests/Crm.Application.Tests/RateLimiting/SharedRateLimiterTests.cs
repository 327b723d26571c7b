using Crm.Application.RateLimiting;
using Crm.Infrastructure.RateLimiting;
using Crm.Infrastructure.Redis;
using Crm.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.RateLimiting;

/// <summary>Three nodes that share a real Redis.</summary>
public sealed class SharedRateLimiterTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Guid Somebody = Guid.NewGuid();
    private static readonly Guid SomebodyElse = Guid.NewGuid();
    private static readonly Guid Acme = Guid.NewGuid();
    private static readonly RedisScript Clock = new("local time = redis.call('TIME') return { time[1] * 1000 + math.floor(time[2] / 1000) }");

    private readonly RedisConnection[] _connections = new RedisConnection[3];
    private IRateLimiter[] _nodes = [];
    private TestRedis _redis = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await TestRedis.StartAsync();

        // A machine that is busy with other tests is not an outage.
        var options = Options.Create(new RedisOptions { ConnectionString = _redis.ConnectionString, Timeout = TimeSpan.FromSeconds(10), RetryAfter = TimeSpan.FromMilliseconds(100) });
        for (var i = 0; i < _connections.Length; i++)
        {
            _connections[i] = new RedisConnection(options, TimeProvider.System, NullLogger<RedisConnection>.Instance);
            await _connections[i].OpenAsync(Cancel);
        }

        _nodes = [.. _connections.Select(c => new RateLimiter(new LocalRateLimiter(Limits.Options(), TimeProvider.System), c))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_thousand_at_once_over_three_nodes_exactly_as_many_pass_as_the_limit()
    {
        var (user, tenant) = (Limits.Rule(LimitKind.Authenticated, 300, 600), Limits.Rule(LimitKind.Tenant, 500, 600));
        var users = new[] { Somebody, SomebodyElse };

        var passes = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(async () => await _nodes[i % 3].TakeAsync(Limits.Check((user, users[i % 2]), (tenant, Acme)), Cancel))));

        passes.Count(p => p).ShouldBe(500);
        (await _redis.CommandAsync("HGET", $"t:{Acme:N}:limit:tenant:600:{Acme:N}", "used")).ShouldBe("500");
    }

    [Fact]
    public async Task What_one_limit_refuses_uses_up_no_other()
    {
        var (user, tenant) = (Limits.Rule(LimitKind.Authenticated, 3, 60), Limits.Rule(LimitKind.Tenant, 1, 60));
        (await _nodes[0].TakeAsync(Limits.Check((user, SomebodyElse), (tenant, Acme)), Cancel)).ShouldBeTrue();

        var refused = Limits.Check((user, Somebody), (tenant, Acme));
        (await _nodes[1].TakeAsync(refused, Cancel)).ShouldBeFalse();
        (refused.Uses[0].Remaining, refused.Uses[0].WaitMilliseconds).ShouldBe((3, 0));
        refused.Uses[1].Remaining.ShouldBe(0);
        refused.Uses[1].WaitMilliseconds.ShouldBeInRange(59_000, 61_000);
        (await KeysAsync()).ShouldNotContain(key => key.Contains(Somebody.ToString("N")));
    }

    [Fact]
    public async Task In_no_window_pass_more_than_the_limit_and_places_come_back()
    {
        var rule = Limits.Rule(LimitKind.Public, 20, 1);
        var passed = new List<(long Before, long After)>();
        while (passed.Count < 100)
        {
            // By the clock of Redis: nobody else's matters.
            var before = await TimeAsync();
            if (await _nodes[passed.Count % 3].TakeAsync(Limits.Check((rule, Somebody)), Cancel))
                passed.Add((before, await TimeAsync()));
        }

        for (var i = 0; i + rule.Limit < passed.Count; i++)
            (passed[i + rule.Limit].After - passed[i].Before).ShouldBeGreaterThanOrEqualTo(rule.WindowMilliseconds);
    }

    [Fact]
    public async Task Each_time_too_many_attempts_are_made_the_wait_doubles_up_to_the_longest()
    {
        var rule = Limits.Rule(LimitKind.Login, 2, 1, longestWait: 2);
        foreach (var wait in new[] { 1000, 2000, 2000 })
        {
            await PassesAsync(rule);
            (await _nodes[1].TakeAsync(Limits.Check((rule, Somebody)), Cancel)).ShouldBeTrue();
            var refused = Limits.Check((rule, Somebody));
            (await _nodes[2].TakeAsync(refused, Cancel)).ShouldBeFalse();
            refused.Last().WaitMilliseconds.ShouldBe(wait);
            refused.Last().Remaining.ShouldBe(0);
            var again = Limits.Check((rule, Somebody));
            (await _nodes[0].TakeAsync(again, Cancel)).ShouldBeFalse();
            again.Last().WaitMilliseconds.ShouldBeInRange(1, wait);
        }
    }

    [Fact]
    public async Task Everything_that_is_kept_ends_by_itself()
    {
        var rule = Limits.Rule(LimitKind.Login, 1, 60, longestWait: 120);
        await PassesAsync(rule);
        (await _nodes[0].TakeAsync(Limits.Check((rule, Somebody)), Cancel)).ShouldBeFalse();
        (await _nodes[0].TakeAsync(Limits.Check((rule, SomebodyElse)), Cancel)).ShouldBeTrue();

        var keys = await KeysAsync();
        keys.ShouldBe([$"h:limit:login:60:{SomebodyElse:N}", $"h:limit:login:60:{Somebody:N}:exceeded"], ignoreOrder: true);
        foreach (var key in keys)
            long.Parse(await _redis.CommandAsync("PTTL", key)).ShouldBeInRange(1, 180_000);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(3000, true)]
    public async Task A_clock_set_back_by_little_frees_nothing_and_one_set_back_by_much_keeps_nobody_out(int seconds, bool passes)
    {
        var rule = Limits.Rule(LimitKind.Public, 3, 60);
        var future = (await TimeAsync() / 1000) + seconds;
        var key = $"h:limit:public:60:{Somebody:N}";
        await _redis.CommandAsync("HSET", key, "used", "3", "oldest", $"{future}", $"{future}", "3");

        (await _nodes[0].TakeAsync(Limits.Check((rule, Somebody)), Cancel)).ShouldBe(passes);
    }

    [Fact]
    public async Task A_count_whose_parts_are_missing_begins_anew()
    {
        await _redis.CommandAsync("HSET", $"h:limit:public:60:{Somebody:N}", "used", "3", "oldest", $"{(await TimeAsync() / 1000) - 5}");

        await PassesAsync(Limits.Rule(LimitKind.Public, 3, 60));
    }

    [Fact]
    public async Task When_Redis_is_killed_a_node_goes_on_from_where_it_was_and_when_it_is_back_it_counts_for_all_again()
    {
        var (login, user) = (Limits.Rule(LimitKind.Login, 5, 600, longestWait: 600), Limits.Rule(LimitKind.Authenticated, 5, 600));
        for (var i = 0; i < 5; i++)
            (await _nodes[0].TakeAsync(Limits.Check((user, Somebody), (login, Somebody)), Cancel)).ShouldBeTrue();

        await _redis.KillAsync();
        (await _nodes[0].TakeAsync(Limits.Check((login, Somebody)), Cancel)).ShouldBeFalse("the sixth attempt");
        (await _nodes[0].TakeAsync(Limits.Check((user, Somebody)), Cancel)).ShouldBeFalse("the sixth request");
        var elsewhere = Limits.Check((user, Somebody));
        (await _nodes[1].TakeAsync(elsewhere, Cancel)).ShouldBeTrue("that node has heard nothing");
        elsewhere.Last().Remaining.ShouldBe(4);

        await _redis.StartAgainAsync();
        await Until.ShouldBe(
            async () =>
            {
                await _nodes[0].TakeAsync(Limits.Check((user, SomebodyElse)), Cancel);
                return await KeysAsync();
            },
            keys => keys.Length > 0,
            Deadline);
        (await _nodes[1].TakeAsync(Limits.Check((user, Acme)), Cancel)).ShouldBeTrue();
    }

    private async Task PassesAsync(LimitRule rule) =>
        await Until.ShouldBe(async () => await _nodes[0].TakeAsync(Limits.Check((rule, Somebody)), Cancel), passes => passes, Deadline);

    private async Task<string[]> KeysAsync() => [.. (await _redis.CommandAsync("KEYS", "*")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private async Task<long> TimeAsync() => (await _connections[0].RunAsync(Clock, [], [], Cancel))[0];
}
