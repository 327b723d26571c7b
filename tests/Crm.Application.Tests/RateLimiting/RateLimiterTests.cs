using Crm.Application.RateLimiting;
using Crm.Infrastructure.RateLimiting;
using Crm.Infrastructure.Redis;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.RateLimiting;

public sealed class RateLimiterTests
{
    private static readonly Guid Somebody = Guid.NewGuid();
    private static readonly LimitRule Login = Limits.Rule(LimitKind.Login, 5, 60, longestWait: 240);

    private readonly FakeRedis _redis = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new RateLimiter(new LocalRateLimiter(Limits.Options(), _time), _redis);

    [Fact]
    public async Task Without_Redis_a_node_counts_for_itself_and_at_once()
    {
        var taking = new RateLimiter(new LocalRateLimiter(Limits.Options(), _time), null).TakeAsync(Limits.Check((Login, Somebody)), CancellationToken.None);
        taking.IsCompletedSuccessfully.ShouldBeTrue();
        (await taking).ShouldBeTrue();
    }

    [Fact]
    public async Task While_Redis_is_away_it_is_not_asked()
    {
        _redis.IsAway = true;
        for (var i = 0; i < 5; i++)
            (await TakeAsync()).Passes.ShouldBeTrue();
        (await TakeAsync()).Passes.ShouldBeFalse();
        _redis.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task When_Redis_goes_away_a_node_goes_on_from_what_it_heard_last_and_when_it_is_back_it_decides_again()
    {
        _redis.Answer = [1, 2, 50_000, 0];
        var (passes, use) = await TakeAsync();
        (passes, use.Remaining, use.ResetMilliseconds, use.WaitMilliseconds).ShouldBe((true, 2, 50_000, 0));

        _redis.Answer = null;
        (await TakeAsync()).Passes.ShouldBeTrue();
        (await TakeAsync()).Passes.ShouldBeTrue();
        (await TakeAsync()).Passes.ShouldBeFalse();

        _redis.Answer = [1, 4, 60_000, 0];
        (await TakeAsync()).Passes.ShouldBeTrue();
        _redis.Answer = [0, 0, 30_000, 30_000];
        (await TakeAsync()).Passes.ShouldBeFalse();

        _redis.Answer = null;
        _time.Advance(TimeSpan.FromSeconds(29));
        (await TakeAsync()).Passes.ShouldBeFalse("the wait goes on");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await TakeAsync()).Passes.ShouldBeTrue();
    }

    private async Task<(bool Passes, LimitUse Use)> TakeAsync()
    {
        var check = Limits.Check((Login, Somebody));
        return (await _limiter.TakeAsync(check, CancellationToken.None), check.Last());
    }

    private sealed class FakeRedis : IRedis
    {
        public bool IsAway { get; set; }

        public int Asked { get; private set; }

        public long[]? Answer { get; set; }

        public Task<long[]> RunAsync(RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<long> arguments, CancellationToken cancellationToken)
        {
            Asked++;
            return Answer is null ? Task.FromException<long[]>(new RedisAwayException(null)) : Task.FromResult(Answer);
        }

        public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) => Task.FromResult(TimeSpan.Zero);
    }
}
