using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Deals;

public sealed class DealTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Pipeline _sales = new() { Name = "Sales" };
    private readonly Stage _open;
    private readonly Stage _won;

    public DealTests()
    {
        _open = _sales.AddStage("Engaging", StageKinds.Open, 50);
        _won = _sales.AddStage("Won", StageKinds.Won, 30);
    }

    [Fact]
    public void A_new_deal_takes_pipeline_status_and_probability_from_its_stage()
    {
        var deal = new Deal();

        var entry = deal.Open(_open, Now);

        (deal.PipelineId, deal.StageId, deal.Status, deal.Probability).ShouldBe((_sales.Id, _open.Id, "open", 50));
        (entry.DealId, entry.FromStageId, entry.ToStageId, entry.At).ShouldBe((deal.Id, null, _open.Id, Now));
        deal.BoardRank.ShouldNotBeEmpty();
    }

    [Fact]
    public void Moving_to_a_won_stage_wins_the_deal_for_certain()
    {
        var deal = new Deal();
        deal.Open(_open, Now);

        var entry = deal.MoveTo(_won, Now.AddDays(1));

        (deal.Status, deal.Probability, deal.StageChangedAt).ShouldBe(("won", 100, Now.AddDays(1)));
        entry!.FromStageId.ShouldBe(_open.Id);
    }

    [Fact]
    public void A_deal_that_is_open_again_forgets_why_it_was_closed()
    {
        var deal = new Deal();
        deal.Open(_won, Now);
        deal.CloseReason = "Price";

        deal.MoveTo(_open, Now);

        deal.CloseReason.ShouldBeNull();
    }

    [Fact]
    public void Moving_to_where_it_stands_changes_nothing()
    {
        var deal = new Deal();
        deal.Open(_open, Now);
        deal.Probability = 70;

        deal.MoveTo(_open, Now.AddDays(1)).ShouldBeNull();

        (deal.Probability, deal.StageChangedAt).ShouldBe((70, Now));
    }
}
