using System.Net;
using Crm.Api.Tests.Identity.Lockout;
using Crm.Application.Identity;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>What was true when a request looked, and is no longer when it acts.</summary>
public sealed class MeanwhileTests(MeanwhileFixture fixture) : IClassFixture<MeanwhileFixture>
{
    private const string Forgot = "/api/v1/auth/password/forgot";
    private const string Reset = "/api/v1/auth/password/reset";
    private const string Accept = "/api/v1/auth/invitations/accept";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_password_that_was_changed_while_it_was_checked_opens_no_session()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        fixture.After(Moment.PasswordChecked, async () =>
        {
            var hash = await Host.Services.GetRequiredService<IPasswords>().HashAsync(ApiHost.NewPassword(), CancellationToken.None);
            await Host.Services.GetRequiredService<IUserDirectory>().SetPasswordHashAsync(id, hash, CancellationToken.None);
        });

        (await Host.TryAsync(email, password)).Code.ShouldBe("invalid_credentials");

        (await Host.ScalarAsync("SELECT count(*) FROM sessions WHERE user_id = $1", id)).ShouldBe(0L);
        (await Host.ScalarAsync("SELECT count(*) FROM host_changes WHERE action = 'sign_in_failed' AND subject = $1", $"user:{id}")).ShouldBe(1L);
    }

    [Fact]
    public async Task A_refresh_token_that_another_used_first_gets_the_successor_that_the_other_got()
    {
        var session = await OpenAsync();
        Answer? other = null;
        fixture.After(Moment.RefreshTokenFound, async () => other = await Host.RefreshAsync(session.RefreshToken));

        var answer = await Host.RefreshAsync(session.RefreshToken);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        ((string)answer.Body!["refreshToken"]!).ShouldBe((string)other!.Body!["refreshToken"]!);
        (await Host.ScalarAsync("SELECT count(*) FROM refresh_tokens WHERE session_id = $1", session.SessionId)).ShouldBe(2L);
    }

    [Fact]
    public async Task A_session_that_ended_while_its_refresh_token_was_looked_at_is_not_prolonged()
    {
        var session = await OpenAsync();
        fixture.After(Moment.RefreshTokenFound, async () =>
            (await session.Client.SendAsync("POST", "/api/v1/auth/sign-out")).Status.ShouldBe(HttpStatusCode.NoContent));

        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("invalid_refresh_token");

        (await Host.ScalarAsync("SELECT count(*) FROM refresh_tokens WHERE session_id = $1 AND used_at IS NOT NULL", session.SessionId)).ShouldBe(0L);
    }

    [Fact]
    public async Task A_refresh_token_that_another_used_longer_ago_than_the_grace_gets_nothing_however_long_it_was_looked_at()
    {
        var session = await OpenAsync();
        fixture.After(Moment.RefreshTokenFound, async () =>
        {
            await Host.RefreshAsync(session.RefreshToken);
            await Host.ScalarAsync("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1", session.SessionId);
        });

        (await Host.RefreshAsync(session.RefreshToken)).Code.ShouldBe("invalid_refresh_token");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_who_reset_a_password_by_one_link_the_later_one_is_refused(bool isHashed)
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var token = await fixture.Mailbox.TokenAsync(email);
        var first = ApiHost.NewPassword();
        fixture.After(isHashed ? Moment.PasswordHashed : Moment.PasswordChecked, async () =>
            (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = first })).Status.ShouldBe(HttpStatusCode.NoContent));

        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.OpensAsync(email, first)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_who_accept_one_invitation_the_later_one_is_refused_and_the_account_is_the_earlier_one_s()
    {
        var tenant = await Host.CreateTenantAsync("inviting");
        var email = $"{Guid.NewGuid():N}@people.example";
        (await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email, name = "Mary Member", role = "member" })).Status.ShouldBe(HttpStatusCode.Created);
        var token = await fixture.Mailbox.TokenAsync(email);
        var (first, second) = (ApiHost.NewPassword(), ApiHost.NewPassword());
        fixture.After(Moment.PasswordHashed, async () =>
            (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = first })).Status.ShouldBe(HttpStatusCode.OK));

        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = second })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.OpensAsync(email, second)).ShouldBeFalse();
        (await Host.OpensAsync(email, first)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_tenant_that_is_removed_while_somebody_accepts_its_invitation_has_never_invited()
    {
        var tenant = await Host.CreateTenantAsync("leaving");
        var email = $"{Guid.NewGuid():N}@people.example";
        (await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email, name = "Mary Member", role = "member" })).Status.ShouldBe(HttpStatusCode.Created);
        var token = await fixture.Mailbox.TokenAsync(email);
        fixture.After(Moment.LinkFound, async () =>
        {
            await Host.ScalarAsync("UPDATE tenants SET status = 'deleting', delete_after = now() - interval '1 second' WHERE id = $1", tenant.Id);
            for (var left = 1; left > 0;)
                left = (int)(await Host.ScalarAsync("SELECT purge_tenant($1, 10000)", tenant.Id))!;
        });

        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.ScalarAsync("SELECT count(*) FROM tenants WHERE id = $1", tenant.Id)).ShouldBe(0L);
        (await Host.ScalarAsync("SELECT count(*) FROM users WHERE email = $1", email)).ShouldBe(0L);
    }

    [Fact]
    public async Task An_address_asked_for_with_a_password_that_was_changed_while_it_was_checked_gets_no_link()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        var client = (await Host.OpenSessionAsync(new { email, password })).Client;
        fixture.After(Moment.PasswordChecked, async () =>
        {
            var hash = await Host.Services.GetRequiredService<IPasswords>().HashAsync(ApiHost.NewPassword(), CancellationToken.None);
            await Host.Services.GetRequiredService<IUserDirectory>().SetPasswordHashAsync(id, hash, CancellationToken.None);
        });

        (await client.SendAsync("POST", "/api/v1/me/email", new { email = $"{Guid.NewGuid():N}@people.example", password })).Faults.ShouldBe(["/password wrong_password"]);

        (await Host.ScalarAsync("SELECT count(*) FROM one_time_links WHERE user_id = $1", id)).ShouldBe(0L);
    }

    [Fact]
    public async Task An_invitation_that_is_revoked_while_somebody_accepts_it_makes_nobody_a_member()
    {
        var tenant = await Host.CreateTenantAsync("revoking");
        var email = $"{Guid.NewGuid():N}@people.example";
        var invitation = await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email, name = "Mary Member", role = "member" });
        var token = await fixture.Mailbox.TokenAsync(email);
        fixture.After(Moment.PasswordHashed, async () =>
            (await tenant.Client.SendAsync("DELETE", $"/api/v1/invitations/{invitation.Body!["id"]}")).Status.ShouldBe(HttpStatusCode.NoContent));

        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);

        (await Host.ScalarAsync("SELECT count(*) FROM users WHERE email = $1", email)).ShouldBe(0L);
    }

    private async Task<SignedIn> OpenAsync()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        return await Host.OpenSessionAsync(new { email, password });
    }
}
