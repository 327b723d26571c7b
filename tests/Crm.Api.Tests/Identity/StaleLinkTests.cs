using System.Net;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>Links that were mailed in good time, and must not outlive the reason they were mailed for.</summary>
public sealed class StaleLinkTests(MailFixture fixture) : IClassFixture<MailFixture>
{
    private const string Forgot = "/api/v1/auth/password/forgot";
    private const string Reset = "/api/v1/auth/password/reset";
    private const string Confirm = "/api/v1/auth/email/confirm";
    private const string Invitations = "/api/v1/invitations";

    private ApiHost Host => fixture.Host;

    private HttpClient Anyone => Host.CreateClient();

    [Fact]
    public async Task A_password_that_was_reset_leaves_no_link_to_an_address_that_one_who_knew_it_had_asked_for()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var token = await AskForAsync(await Host.SignInAsync(new { email, password }), password);
        await Anyone.SendAsync("POST", Forgot, new { email });
        var cured = ApiHost.NewPassword();
        (await Anyone.SendAsync("POST", Reset, new { token = await fixture.Mailbox.TokenAsync(email), newPassword = cured })).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Anyone.SendAsync("POST", Confirm, new { token })).Faults.ShouldBe(["/token invalid_link"]);

        await Host.SignInAsync(new { email, password = cured });
    }

    [Fact]
    public async Task A_password_that_was_changed_leaves_no_such_link_either()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var client = await Host.SignInAsync(new { email, password });
        var token = await AskForAsync(client, password);
        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Anyone.SendAsync("POST", Confirm, new { token })).Faults.ShouldBe(["/token invalid_link"]);
    }

    [Fact]
    public async Task Whoever_reads_the_mail_of_the_former_address_does_not_set_the_password()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await Anyone.SendAsync("POST", Forgot, new { email });
        var former = await fixture.Mailbox.TokenAsync(email);
        var token = await AskForAsync(await Host.SignInAsync(new { email, password }), password);
        (await Anyone.SendAsync("POST", Confirm, new { token })).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Anyone.SendAsync("POST", Reset, new { token = former, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.ScalarAsync("SELECT count(*) FROM host_changes WHERE action = 'email_changed' AND fields ->> 'before' = $1", email)).ShouldBe(1L);
    }

    [Fact]
    public async Task An_invitation_is_good_for_no_longer_than_its_inviter_is_a_member()
    {
        var admin = await Host.AddMemberAsync(fixture.Acme, "admin");
        var invited = NewEmail();
        (await admin.SendAsync("POST", Invitations, new { email = invited, name = "Mary Member", role = "member" })).Status.ShouldBe(HttpStatusCode.Created);
        var token = await fixture.Mailbox.TokenAsync(invited);
        var id = (string)(await admin.SendAsync("GET", "/api/v1/me")).Body!["user"]!["id"]!;
        (await fixture.Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/deactivate", new { })).Status.ShouldBe(HttpStatusCode.OK);

        (await Anyone.SendAsync("POST", "/api/v1/auth/invitations/accept", new { token, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.ScalarAsync("SELECT count(*) FROM users WHERE email = $1", invited)).ShouldBe(0L);
    }

    [Fact]
    public async Task Nobody_renews_an_invitation_that_they_could_not_make()
    {
        var admin = await Host.AddMemberAsync(fixture.Acme, "admin");
        var offer = await fixture.Acme.Client.SendAsync("POST", Invitations, new { email = NewEmail(), name = "Olga Owner", role = "owner" });

        (await admin.SendAsync("POST", $"{Invitations}/{offer.Body!["id"]}/resend")).Code.ShouldBe("exceeds_own_access");
        (await fixture.Acme.Client.SendAsync("POST", $"{Invitations}/{offer.Body["id"]}/resend")).Code.ShouldBe("mailed_too_often", "she may, but for the minute");
    }

    private async Task<string> AskForAsync(HttpClient client, string password)
    {
        var address = NewEmail();
        (await client.SendAsync("POST", "/api/v1/me/email", new { email = address, password })).Status.ShouldBe(HttpStatusCode.Accepted);
        return await fixture.Mailbox.TokenAsync(address);
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@people.example";
}
