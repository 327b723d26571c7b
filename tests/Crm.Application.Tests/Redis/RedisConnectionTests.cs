using System.Diagnostics;
using Crm.Infrastructure.Redis;
using Crm.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Redis;

public sealed class RedisConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly RedisScript Add = new("return { redis.call('INCRBY', KEYS[1], ARGV[1]), tonumber(ARGV[2]) }");
    private static readonly RedisScript Broken = new("return redis.call('NO_SUCH_COMMAND')");
    private static readonly string Key = RedisKeys.OfHost("test");

    private readonly Lines _log = new();
    private TestRedis _redis = null!;
    private RedisConnection _connection = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await TestRedis.StartAsync();
        _connection = new RedisConnection(
            Options.Create(new RedisOptions { ConnectionString = _redis.ConnectionString, RetryAfter = TimeSpan.FromMilliseconds(100) }), TimeProvider.System, _log);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_script_is_carried_out_and_answers_with_its_numbers()
    {
        await _connection.OpenAsync(Cancel);

        (await _connection.RunAsync(Add, [Key], [5, 7], Cancel)).ShouldBe([5, 7]);
        (await _connection.RunAsync(Add, [Key], [3, 7], Cancel)).ShouldBe([8, 7]);
        (await _redis.CommandAsync("GET", Key)).ShouldBe("8");
    }

    [Fact]
    public async Task A_thousand_calls_at_once_are_all_carried_out()
    {
        await _connection.OpenAsync(Cancel);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => _connection.RunAsync(Add, [Key], [1, 0], Cancel))));

        answers.Select(a => a[0]).Order().ShouldBe(Enumerable.Range(1, 1000).Select(n => (long)n));
    }

    [Fact]
    public async Task Scripts_that_Redis_has_forgotten_are_sent_again()
    {
        await _connection.OpenAsync(Cancel);
        for (var expected = 1; expected <= 3; expected++)
        {
            (await _connection.RunAsync(Add, [Key], [1, 0], Cancel))[0].ShouldBe(expected);
            await _redis.CommandAsync("SCRIPT", "FLUSH");
        }
    }

    [Fact]
    public async Task A_Redis_that_is_killed_is_away_at_once_and_used_again_when_it_is_back_and_both_are_logged_once()
    {
        await _connection.OpenAsync(Cancel);
        await _connection.RunAsync(Add, [Key], [1, 0], Cancel);
        await _redis.KillAsync();

        await Should.ThrowAsync<RedisAwayException>(() => _connection.RunAsync(Add, [Key], [1, 0], Cancel));
        _connection.IsAway.ShouldBeTrue();

        await _redis.StartAgainAsync();
        (await WhenBackAsync())[0].ShouldBe(1, "it came back empty");
        _connection.IsAway.ShouldBeFalse();
        _log.Told.ShouldBe(["WentAway", "IsBack"]);
    }

    [Fact]
    public async Task A_Redis_that_hangs_costs_one_wait_and_then_none_until_its_rest_is_over()
    {
        await _connection.OpenAsync(Cancel);
        await _redis.HangAsync();

        var watch = Stopwatch.StartNew();
        (await Should.ThrowAsync<RedisAwayException>(() => _connection.RunAsync(Add, [Key], [1, 0], Cancel))).InnerException.ShouldBeOfType<TimeoutException>();
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromMilliseconds(900), Deadline);
        (await Should.ThrowAsync<RedisAwayException>(() => _connection.RunAsync(Add, [Key], [1, 0], Cancel))).InnerException.ShouldBeNull("it was not tried");

        await _redis.GoOnAsync();
        await WhenBackAsync();
    }

    [Fact]
    public async Task A_fault_that_Redis_answers_with_counts_as_away() =>
        (await Should.ThrowAsync<RedisAwayException>(() => _connection.RunAsync(Broken, [Key], [], Cancel))).InnerException!.Message.ShouldNotBeEmpty();

    [Fact]
    public async Task Whoever_stops_waiting_has_not_found_Redis_away()
    {
        await _connection.OpenAsync(Cancel);
        using var gone = new CancellationTokenSource();
        await _redis.HangAsync();
        var call = _connection.RunAsync(Add, [Key], [1, 0], gone.Token);
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        _connection.IsAway.ShouldBeFalse();
        await _redis.GoOnAsync();
    }

    [Fact]
    public void Keys_say_whose_they_are()
    {
        var tenant = Guid.NewGuid();
        RedisKeys.OfTenant(tenant, "x").ShouldBe($"t:{tenant:N}:x");
        RedisKeys.OfHost("x").ShouldBe("h:x");
    }

    private Task<long[]> WhenBackAsync() => Until.ShouldBe(
        async () =>
        {
            try
            {
                return await _connection.RunAsync(Add, [Key], [1, 0], Cancel);
            }
            catch (RedisAwayException)
            {
                return [];
            }
        },
        answer => answer.Length > 0,
        Deadline);

    private sealed class Lines : ILogger<RedisConnection>
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Told.Add(eventId.Name!);
    }
}
