using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Crm.Infrastructure;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.ChangeLog;

/// <summary>Periodic work: one node in each interval, whatever happens to a turn.</summary>
public sealed class PeriodicServiceTests(LogReaderFixture fixture) : IClassFixture<LogReaderFixture>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PeriodicTurns Turns => fixture.Api.Services.GetRequiredService<PeriodicTurns>();

    [Fact]
    public async Task One_node_does_a_turn_in_each_interval()
    {
        await using var other = await fixture.Api.StartNodeAsync(null, ("Audit:SealInterval", "01:00:00"));
        var nodes = new[] { new Work("shared", Turns), new Work("shared", other.Services.GetRequiredService<PeriodicTurns>()) };

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => nodes[i % 2].TickAsync(Cancellation)));
        nodes.Sum(node => node.Turns).ShouldBe(1);

        await fixture.ExecuteAsync("UPDATE periodic_work SET started_at = started_at - interval '1 hour' WHERE name = 'shared'");
        await Task.WhenAll(nodes.Select(node => node.TickAsync(Cancellation)));
        nodes.Sum(node => node.Turns).ShouldBe(2);
    }

    [Fact]
    public async Task A_turn_that_takes_longer_than_the_interval_is_not_begun_by_another_node_until_its_lease_ends()
    {
        var first = new Work("long", Turns) { Every = TimeSpan.FromMilliseconds(10) };
        var second = new Work("long", Turns) { Every = TimeSpan.FromMilliseconds(10) };
        var done = new TaskCompletionSource();
        first.Does = _ => done.Task;
        var turn = first.TickAsync(Cancellation);
        await Until.ShouldBe(() => Task.FromResult(first.Turns), turns => turns == 1, TimeSpan.FromSeconds(30));
        await Task.Delay(50, Cancellation);
        await second.TickAsync(Cancellation);
        second.Turns.ShouldBe(0);

        // The first node is dead, as far as the database knows.
        await fixture.ExecuteAsync("UPDATE periodic_work SET lease_until = clock_timestamp() WHERE name = 'long'");
        await second.TickAsync(Cancellation);
        second.Turns.ShouldBe(1);

        done.SetResult();
        await turn;
        (await fixture.ScalarAsync<long>("SELECT fence FROM periodic_work WHERE name = 'long'")).ShouldBe(2);
    }

    [Fact]
    public async Task Work_of_every_node_asks_for_no_lease()
    {
        var work = new Work("everywhere", Turns) { Place = PeriodicScope.EveryNode };

        await work.TickAsync(Cancellation);
        await work.TickAsync(Cancellation);

        work.Turns.ShouldBe(2);
        (await fixture.ScalarAsync<long>("SELECT count(*) FROM periodic_work WHERE name = 'everywhere'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_is_measured_and_the_next_turn_follows()
    {
        var measured = new ConcurrentBag<(string Instrument, string? Outcome)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "Crm" && instrument.Name.StartsWith("crm.periodic.", StringComparison.Ordinal))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Record(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Record(instrument, tags));
        listener.Start();
        var work = new Work("failing", Turns) { Every = TimeSpan.FromMilliseconds(20) };
        work.Does = _ => work.Turns == 1 ? throw new InvalidOperationException("Not this time.") : Task.CompletedTask;

        await work.StartAsync(Cancellation);
        await Until.ShouldBe(() => Task.FromResult(work.Turns), turns => turns > 1, TimeSpan.FromSeconds(30));
        await work.StopAsync(Cancellation);

        measured.ShouldContain(("crm.periodic.failures", null));
        measured.ShouldContain(("crm.periodic.duration", "failed"));
        measured.ShouldContain(("crm.periodic.duration", "ok"));
        measured.ShouldContain(("crm.periodic.last_success", null));

        void Record(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags[0].Value is "failing")
                measured.Add((instrument.Name, tags.Length > 1 ? (string?)tags[1].Value : null));
        }
    }

    [Fact]
    public async Task What_fails_for_one_item_is_given_back_and_keeps_none_of_the_others_waiting()
    {
        var (done, undone) = (new List<int>(), new List<int>());

        var failure = await Should.ThrowAsync<AggregateException>(() => Work.EachAsync(
            [1, 2, 3],
            item =>
            {
                if (item == 2)
                    throw new InvalidOperationException("Not this one.");
                done.Add(item);
                return Task.CompletedTask;
            },
            undone.Add));

        failure.InnerExceptions.ShouldHaveSingleItem();
        (done, undone).ShouldSatisfyAllConditions(() => done.ShouldBe([1, 3]), () => undone.ShouldBe([2]));
    }

    private sealed class Work(string name, PeriodicTurns turns) : PeriodicService(turns)
    {
        private int _turns;

        public int Turns => _turns;

        public Func<CancellationToken, Task> Does { get; set; } = _ => Task.CompletedTask;

        public PeriodicScope Place { get; init; } = PeriodicScope.OneNode;

        public TimeSpan Every { get; init; } = Hour;

        protected override string Name => name;

        protected override TimeSpan Interval => Every;

        protected override PeriodicScope Scope => Place;

        public static Task EachAsync(IEnumerable<int> items, Func<int, Task> work, Action<int> undo) => ForEachAsync(items, work, undo);

        public Task TickAsync(CancellationToken cancellationToken) => TakeTurnAsync(cancellationToken);

        protected override Task RunAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _turns);
            return Does(cancellationToken);
        }
    }
}
