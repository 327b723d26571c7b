using Crm.Domain.Identity;
using Crm.Infrastructure.Mail;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class LinkTextTests
{
    [Fact]
    public void The_name_of_a_tenant_is_quoted_on_one_line_and_cut_short()
    {
        var (subject, text) = LinkText.Of(LinkPurposes.Invitation, "New Co.”\n\nYour mailbox is full. Sign in at https://evil.example/ now, before it is too late!", "secret", new MailOptions());

        subject.ShouldBe("Invitation to “New Co.\" Your mailbox is full. Sign in at https://evil.exam…”");
        text.Split('\n')[0].ShouldBe("You are invited to work in “New Co.\" Your mailbox is full. Sign in at https://evil.exam…”.");
        text.Split('\n')[1].ShouldBeEmpty();
    }
}
