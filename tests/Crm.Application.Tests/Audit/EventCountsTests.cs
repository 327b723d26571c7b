using System.Net;
using Crm.Application.Audit;
using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.ChangeLog.Audit;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Audit;

public sealed class EventCountsTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly EventCounts _counts;

    public EventCountsTests() => _counts = new EventCounts(Options.Create(new AuditOptions { FailuresPerMinute = 2 }), _time);

    [Fact]
    public void What_is_alike_is_counted_together_with_the_first_and_the_last_time()
    {
        var key = Key(Guid.CreateVersion7());
        _counts.Count(key, "first-trace");
        _time.Advance(TimeSpan.FromSeconds(5));
        _counts.Count(key, "second-trace");
        _counts.Count(Key(Guid.CreateVersion7()), null);

        var counted = _counts.Take()[key.TenantId].Single(c => c.Key == key).Value;

        counted.CorrelationId.ShouldBe("first-trace");
        counted.Of(key).Fields.ShouldBe(new Dictionary<string, string>
        {
            ["code"] = "not_found",
            ["count"] = "2",
            ["first"] = "2026-01-31T12:00:00.000000Z",
            ["last"] = "2026-01-31T12:00:05.000000Z",
        });
        _counts.Take().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_put_back_is_added_to_what_was_counted_since()
    {
        var key = Key(Guid.CreateVersion7());
        _counts.Count(key, null);
        var taken = _counts.Take()[key.TenantId].ToList();
        _time.Advance(TimeSpan.FromSeconds(5));
        _counts.Count(key, null);
        _counts.PutBack(taken);

        var counted = _counts.Take()[key.TenantId].Single().Value;
        (counted.Times, counted.Last - counted.First).ShouldBe((2, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void However_many_callers_there_are_the_keys_are_bounded_and_nothing_goes_uncounted()
    {
        for (var i = 0; i < EventCounts.MostKeys + 100; i++)
            _counts.Count(Key(Guid.CreateVersion7()), null);
        for (var i = 0; i < EventCounts.MostKeys + 100; i++)
            _counts.Count(Key(Guid.CreateVersion7(), tenant: Guid.CreateVersion7()), null);

        var all = _counts.Take().SelectMany(log => log).ToList();

        all.Count.ShouldBeLessThanOrEqualTo((2 * EventCounts.MostKeys) + 1);
        all.Sum(c => c.Value.Times).ShouldBe(2 * (EventCounts.MostKeys + 100));
        all.Where(c => c.Key.Actor.Id is null && c.Key.TenantId is null).Sum(c => c.Value.Times).ShouldBeGreaterThan(100);
    }

    [Fact]
    public void An_address_has_so_many_failures_a_minute_and_new_ones_in_the_next()
    {
        var (one, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        new[] { one, one, one, other, null, null, null }.Select(_counts.AdmitsFailureFrom).ShouldBe([true, true, false, true, true, true, false]);

        _time.Advance(TimeSpan.FromMinutes(1));
        _counts.AdmitsFailureFrom(one).ShouldBeTrue();
    }

    [Fact]
    public void More_addresses_than_can_be_remembered_are_counted_only()
    {
        for (var i = 0; i < EventCounts.MostKeys; i++)
            _counts.AdmitsFailureFrom(new IPAddress(i + 1)).ShouldBeTrue();

        _counts.AdmitsFailureFrom(IPAddress.Parse("203.0.113.1")).ShouldBeFalse();
        _counts.AdmitsFailureFrom(new IPAddress(1)).ShouldBeTrue();
    }

    private static EventKey Key(Guid actor, Guid? tenant = null) => new(tenant, SecurityActions.AccessDenied, new EventActor("user", actor, null, null), "GetContact", "not_found");
}
