using Crm.Application.RateLimiting;
using Crm.Infrastructure.RateLimiting;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.RateLimiting;

public sealed class LocalRateLimiterTests
{
    private static readonly Guid Somebody = Guid.NewGuid();
    private static readonly Guid SomebodyElse = Guid.NewGuid();
    private static readonly Guid Acme = Guid.NewGuid();

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly LocalRateLimiter _limiter;

    public LocalRateLimiterTests() => _limiter = new LocalRateLimiter(Limits.Options(), _time);

    [Fact]
    public void As_many_as_the_limit_pass_then_none_until_the_window_has_gone_by()
    {
        var rule = Limits.Rule(LimitKind.Public, 60, 60);
        for (var left = 59; left >= 0; left--)
        {
            var check = Limits.Check((rule, Somebody));
            _limiter.Take(check).ShouldBeTrue();
            check.Last().Remaining.ShouldBe(left);
            check.Last().WaitMilliseconds.ShouldBe(0);
        }

        var refused = Limits.Check((rule, Somebody));
        _limiter.Take(refused).ShouldBeFalse();
        refused.Last().Remaining.ShouldBe(0);
        refused.Last().WaitMilliseconds.ShouldBeInRange(60_001, 61_000);
        refused.Last().ResetMilliseconds.ShouldBe(refused.Last().WaitMilliseconds);
        _limiter.Take(Limits.Check((rule, SomebodyElse))).ShouldBeTrue("others are counted for themselves");

        _time.Advance(TimeSpan.FromSeconds(59));
        _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(refused.Last().WaitMilliseconds - 59_000));
        _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue("it waited as long as it was told");
    }

    [Theory]
    [InlineData(5, 60, 1)]
    [InlineData(300, 60, 2)]
    [InlineData(7, 1, 3)]
    [InlineData(10, 3600, 4)]
    public void In_no_window_pass_more_than_the_limit_and_whoever_used_nothing_for_a_window_and_a_slice_passes(int limit, int seconds, int seed)
    {
        var rule = Limits.Rule(LimitKind.Authenticated, limit, seconds);
        var random = new Random(seed);
        var passed = new List<long>();
        long now = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Bursts, pauses within a window, and now and then one longer than it.
            long step = random.Next(100) switch
            {
                < 60 => 0,
                < 98 => random.NextInt64(2 * rule.WindowMilliseconds / limit),
                _ => random.NextInt64(3 * rule.WindowMilliseconds),
            };
            _time.Advance(TimeSpan.FromMilliseconds(step));
            now += step;
            var couldPass = passed.Count(at => at > now - rule.WindowMilliseconds - rule.SliceMilliseconds) < limit;
            var mayPass = passed.Count(at => at > now - rule.WindowMilliseconds) < limit;

            var passes = _limiter.Take(Limits.Check((rule, Somebody)));
            if (passes)
                mayPass.ShouldBeTrue($"{limit + 1} in a window");
            else
                couldPass.ShouldBeFalse("there was a place");
            if (passes)
                passed.Add(now);
            if (passed.Count > 2 * limit)
                passed.RemoveRange(0, passed.Count - (2 * limit));
        }
    }

    [Fact]
    public async Task Of_two_thousand_at_once_exactly_as_many_pass_as_the_limit()
    {
        var (user, tenant) = (Limits.Rule(LimitKind.Authenticated, 300, 60), Limits.Rule(LimitKind.Tenant, 500, 60));
        var users = new[] { Somebody, SomebodyElse };

        var passes = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => _limiter.Take(Limits.Check((user, users[i % 2]), (tenant, Acme))))));

        passes.Count(p => p).ShouldBe(500);
    }

    [Fact]
    public void What_one_limit_refuses_uses_up_no_other()
    {
        var (user, tenant) = (Limits.Rule(LimitKind.Authenticated, 3, 60), Limits.Rule(LimitKind.Tenant, 1, 60));
        _limiter.Take(Limits.Check((user, SomebodyElse), (tenant, Acme))).ShouldBeTrue();

        var refused = Limits.Check((user, Somebody), (tenant, Acme));
        _limiter.Take(refused).ShouldBeFalse();
        refused.Uses[0].ShouldSatisfyAllConditions(u => u.Remaining.ShouldBe(3), u => u.WaitMilliseconds.ShouldBe(0));
        refused.Uses[1].ShouldSatisfyAllConditions(u => u.Remaining.ShouldBe(0), u => u.WaitMilliseconds.ShouldBeGreaterThan(0));

        // The other way round too, though the refusal comes first.
        _limiter.Take(Limits.Check((user, Somebody))).ShouldBeTrue();
        var full = Limits.Rule(LimitKind.Address, 1, 60);
        _limiter.Take(Limits.Check((full, Somebody))).ShouldBeTrue();
        var late = Limits.Check((full, Somebody), (user, Somebody));
        _limiter.Take(late).ShouldBeFalse();
        late.Last().Remaining.ShouldBe(2);
    }

    [Fact]
    public void Each_time_too_many_attempts_are_made_the_wait_doubles_up_to_the_longest_and_is_forgotten_in_the_end()
    {
        var rule = Limits.Rule(LimitKind.Login, 5, 60, longestWait: 240);
        foreach (var seconds in new[] { 60, 120, 240, 240 })
        {
            ExceedsAndWaits(rule, seconds);
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        _time.Advance(TimeSpan.FromSeconds(240));
        ExceedsAndWaits(rule, 60);
    }

    [Fact]
    public void What_was_learned_goes_on_from_there()
    {
        var rule = Limits.Rule(LimitKind.Login, 5, 60, longestWait: 240);
        _limiter.Learn(Limits.Check((rule, Somebody)).Last() with { Remaining = 2 });
        for (var i = 0; i < 2; i++)
            _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue();
        _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeFalse();

        _limiter.Learn(Limits.Check((rule, SomebodyElse)).Last() with { Remaining = 0, WaitMilliseconds = 90_000 });
        _time.Advance(TimeSpan.FromSeconds(89));
        _limiter.Take(Limits.Check((rule, SomebodyElse))).ShouldBeFalse("the wait is not over");
        _time.Advance(TimeSpan.FromSeconds(1));
        _limiter.Take(Limits.Check((rule, SomebodyElse))).ShouldBeTrue();
    }

    [Fact]
    public void What_was_learned_of_a_limit_whose_waits_do_not_grow_is_kept_for_a_window()
    {
        var rule = Limits.Rule(LimitKind.Payment, 10, 3600);
        _limiter.Learn(Limits.Check((rule, Somebody)).Last() with { Remaining = 0, WaitMilliseconds = 1000 });

        _time.Advance(TimeSpan.FromMinutes(59));
        _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(2));
        _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue();
    }

    [Fact]
    public void A_node_keeps_a_bounded_number_of_counts()
    {
        var rule = Limits.Rule(LimitKind.Public, 1, 60);
        var limiter = new LocalRateLimiter(Limits.Options(o => o.LocalCapacity = 1000), _time);
        limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue();
        for (var i = 0; i < 2000; i++)
        {
            limiter.Take(Limits.Check((rule, Guid.NewGuid()))).ShouldBeTrue();
            if (i < 1000)
                limiter.Take(Limits.Check((rule, Somebody))).ShouldBeFalse("a count in use is kept");
        }

        limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue("one that was not used for long is forgotten");
    }

    [Fact]
    public void A_limit_that_is_switched_off_is_not_counted()
    {
        var check = Limits.Check((null, Somebody));
        check.Uses.IsEmpty.ShouldBeTrue();
        _limiter.Take(check).ShouldBeTrue();
    }

    private void ExceedsAndWaits(LimitRule rule, int seconds)
    {
        for (var i = 0; i < rule.Limit; i++)
            _limiter.Take(Limits.Check((rule, Somebody))).ShouldBeTrue();
        var refused = Limits.Check((rule, Somebody));
        _limiter.Take(refused).ShouldBeFalse();
        refused.Last().WaitMilliseconds.ShouldBe(seconds * 1000);

        // Trying meanwhile makes it no longer.
        _time.Advance(TimeSpan.FromSeconds(1));
        var again = Limits.Check((rule, Somebody));
        _limiter.Take(again).ShouldBeFalse();
        again.Last().WaitMilliseconds.ShouldBe((seconds - 1) * 1000);
        _time.Advance(TimeSpan.FromSeconds(-1));
    }
}
