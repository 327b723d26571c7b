using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class InvitationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void An_invitation_can_be_accepted_once_and_for_seven_days()
    {
        var invitation = new Invitation { Email = "mary@people.example" };
        invitation.Offer("Mary Member", Guid.NewGuid(), null, Now);

        invitation.IsPending(Now.AddDays(7).AddTicks(-1)).ShouldBeTrue();
        invitation.IsPending(Now.AddDays(7)).ShouldBeFalse();

        invitation.Accept(Now);
        invitation.IsPending(Now).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("59", true)]
    [InlineData("60", false)]
    [InlineData("60,120,180,240", false)]
    [InlineData("60,120,180,240,86399", true)]
    [InlineData("60,120,180,240,86400", false)]
    public void A_mail_is_one_too_many_within_a_minute_and_after_five_within_a_day(string secondsAgo, bool tooMany) =>
        Invitation.IsMailedTooOften([.. secondsAgo.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => Now.AddSeconds(-int.Parse(s, System.Globalization.CultureInfo.InvariantCulture)))], Now)
            .ShouldBe(tooMany);

    [Fact]
    public void A_link_remembers_for_a_day_when_its_mail_was_asked_for()
    {
        var link = new OneTimeLink { Purpose = LinkPurposes.Invitation };
        link.Send(Now);
        link.Send(Now.AddHours(23));
        link.Send(Now.AddHours(24));

        link.AskedAt.ShouldBe([Now.AddHours(23), Now.AddHours(24)]);
    }
}
