using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Crm.Application.Identity.Lockout;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity.Lockout;

public sealed class DelayTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    // Delays that nothing else in the system has, so that its other waits are told from them.
    private static readonly (string, string)[] Delays =
        [("Lockout:Delays:0", "00:00:00"), ("Lockout:Delays:1", "00:00:07.001"), ("Lockout:Delays:2", "00:00:07.002"), ("Lockout:Delays:3", "00:00:07.003")];

    [Fact]
    public async Task Each_attempt_waits_longer_than_the_one_before_known_or_unknown_and_a_locked_account_as_long_as_the_last()
    {
        var clock = new ImpatientTime();
        await using var node = await fixture.Host.StartNodeAsync(services => services.AddSingleton<TimeProvider>(clock), Delays);
        var (email, password) = await fixture.Host.CreatePersonAsync("acme");

        await node.FailAsync(email, 5);
        (await node.OpensAsync(email, password)).ShouldBeFalse();
        var known = clock.Take();
        await node.FailAsync($"{Guid.NewGuid():N}@people.example", 6);

        known.ShouldBe([7001, 7002, 7003, 7003, 7003]);
        clock.Take().ShouldBe(known);
    }

    [Fact]
    public async Task No_more_wait_at_a_time_than_are_allowed_to()
    {
        var clock = new ImpatientTime();
        await using var node = await fixture.Host.StartNodeAsync(services => services.AddSingleton<TimeProvider>(clock), [.. Delays, ("Lockout:MaxWaiting", "0")]);
        var (email, password) = await fixture.Host.CreatePersonAsync("acme");

        await node.FailAsync(email, 5);

        (await node.OpensAsync(email, password)).ShouldBeFalse();
        clock.Take().ShouldBeEmpty();
    }

    [Fact]
    public void Unless_it_is_said_otherwise_delays_double_from_a_quarter_of_a_second()
    {
        var options = new LockoutOptions();

        Enumerable.Range(1, 7).Select(n => options.DelayOf(n).TotalSeconds).ShouldBe([0, 0.25, 0.5, 1, 2, 2, 2]);
        new LockoutOptions { Delays = [] }.DelayOf(2).TotalSeconds.ShouldBe(0.25);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void Delays_have_bounds(int seconds, bool isValid)
    {
        var options = new LockoutOptions { Delays = [TimeSpan.FromSeconds(seconds)] };

        Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true).ShouldBe(isValid);
        var defaults = new LockoutOptions();
        Validator.TryValidateObject(defaults, new ValidationContext(defaults), [], validateAllProperties: true).ShouldBeTrue();
    }

    /// <summary>Notes how long it was to wait for the delays of these tests, and lets them end at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private readonly ConcurrentQueue<double> _waits = new();

        public List<double> Take()
        {
            var waits = _waits.ToList();
            _waits.Clear();
            return waits;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime.TotalMilliseconds is not (>= 7001 and <= 7003))
                return base.CreateTimer(callback, state, dueTime, period);
            _waits.Enqueue(dueTime.TotalMilliseconds);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
