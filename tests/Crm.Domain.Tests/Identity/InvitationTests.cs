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
}
