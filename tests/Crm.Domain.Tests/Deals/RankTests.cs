using Crm.Domain.Deals;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Deals;

public sealed class RankTests
{
    [Fact]
    public void New_cards_stand_in_the_order_of_their_making()
    {
        var moment = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var ranks = Enumerable.Range(0, 100).Select(i => Rank.Last(Guid.CreateVersion7(moment.AddMilliseconds(i)))).ToList();

        ranks.ShouldBe(ranks.Order(StringComparer.Ordinal));
        ranks.Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public void There_is_always_room_between_two_cards_before_the_first_and_behind_the_last()
    {
        // A fixed seed: the same moves in every run.
        var random = new Random(20170401);
        var ranks = new List<string> { Rank.Last(Guid.CreateVersion7()) };
        for (var i = 0; i < 3000; i++)
        {
            var place = i % 3 == 0 ? random.Next(ranks.Count + 1) : Math.Min(ranks.Count, 2);
            var (after, before) = (place == 0 ? null : ranks[place - 1], place == ranks.Count ? null : ranks[place]);

            var rank = Rank.Between(after, before, Guid.NewGuid());

            if (after is not null)
                string.CompareOrdinal(after, rank).ShouldBeLessThan(0);
            if (before is not null)
                string.CompareOrdinal(rank, before).ShouldBeLessThan(0);
            ranks.Insert(place, rank);
        }
    }

    [Fact]
    public void Two_cards_put_into_the_same_gap_at_once_leave_room_between_them()
    {
        var first = Rank.Between("A", "B", Guid.Parse("0199a5c4-1111-7000-8000-000000000001"));
        var second = Rank.Between("A", "B", Guid.Parse("0199a5c4-1111-7000-8000-0000000000ff"));

        string[] ranks = ["A", .. new[] { first, second }.Order(StringComparer.Ordinal), "B"];
        ranks.ShouldBe(ranks.Distinct().Order(StringComparer.Ordinal));

        var between = Rank.Between(ranks[1], ranks[2]);
        string.CompareOrdinal(ranks[1], between).ShouldBeLessThan(0);
        string.CompareOrdinal(between, ranks[2]).ShouldBeLessThan(0);
    }

    [Fact]
    public void A_card_that_goes_to_the_end_stands_behind_the_last_and_before_those_made_later()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var earlier = Rank.Last(Guid.CreateVersion7(now.AddDays(-1)));
        var later = Rank.Last(Guid.CreateVersion7(now.AddMilliseconds(1)));

        var moved = Rank.Last(earlier, now, Guid.NewGuid());
        var behindOneFromTheFuture = Rank.Last(later, now, Guid.NewGuid());

        string.CompareOrdinal(earlier, moved).ShouldBeLessThan(0);
        string.CompareOrdinal(moved, later).ShouldBeLessThan(0);
        string.CompareOrdinal(later, behindOneFromTheFuture).ShouldBeLessThan(0);
        Rank.Last(null, now, Guid.NewGuid()).ShouldNotBeEmpty();
    }

    [Fact]
    public void Neighbours_out_of_order_are_refused()
    {
        Should.Throw<ArgumentException>(() => Rank.Between("B", "A"));
        Should.Throw<ArgumentException>(() => Rank.Between("A", "A"));
    }
}
