using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class InvitationTests(MailFixture fixture) : IClassFixture<MailFixture>
{
    private const string Path = "/api/v1/invitations";
    private const string Accept = "/api/v1/auth/invitations/accept";

    private ApiHost Host => fixture.Host;

    private HttpClient Owner => fixture.Acme.Client;

    [Fact]
    public async Task A_person_who_accepts_can_sign_in_and_has_the_role_offered()
    {
        var (email, password) = (NewEmail(), ApiHost.NewPassword());
        var invited = await InviteAsync(email, "member");
        var accepted = await Host.CreateClient().SendAsync("POST", Accept, new { token = await fixture.Mailbox.TokenAsync(email), password });

        accepted.Status.ShouldBe(HttpStatusCode.OK, accepted.Text);
        accepted.Body!["user"]!["name"]!.GetValue<string>().ShouldBe("Mary Member");
        accepted.Body["tenant"]!["identifier"]!.GetValue<string>().ShouldBe("acme");
        var client = await Host.SignInAsync(new { email, password });
        (await client.SendAsync("GET", "/api/v1/me")).Body!["memberships"]![0]!["role"]!.GetValue<string>().ShouldBe("member");
        (await Owner.SendAsync("GET", $"{Path}/{invited}")).Body!["acceptedAt"].ShouldNotBeNull();
        (await ChangesAsync("membership", accepted.Body["user"]!["id"]!.GetValue<Guid>())).ShouldBe(["created by " + accepted.Body["user"]!["id"]]);
    }

    [Fact]
    public async Task Nobody_is_a_member_before_they_accept()
    {
        var email = NewEmail();
        await InviteAsync(email, "member");

        (await Owner.SendAsync("GET", $"/api/v1/users?filter[email]={email}")).Ids.ShouldBeEmpty();
        (await Host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password = ApiHost.NewPassword() })).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task One_who_has_an_account_joins_with_it_and_keeps_name_and_password()
    {
        var email = NewEmail();
        var password = ApiHost.NewPassword();
        await Host.AddUserAsync(fixture.Beta, email, "Bert of Beta", "member", password);
        var invited = await Owner.SendAsync("POST", Path, new { email, name = "Another Name", role = "viewer" });
        invited.Body!["name"]!.GetValue<string>().ShouldBe("Another Name");
        var token = await fixture.Mailbox.TokenAsync(email);

        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/password account_exists"]);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token })).Body!["user"]!["name"]!.GetValue<string>().ShouldBe("Bert of Beta");
        await Host.SignInAsync(new { tenant = "acme", email, password });
        await Host.SignInAsync(new { tenant = "beta", email, password });
    }

    [Fact]
    public async Task The_answer_does_not_tell_whether_the_person_has_an_account()
    {
        var known = await Owner.SendAsync("POST", Path, new { email = fixture.Beta.Email, name = "Somebody", role = "viewer" });
        var unknown = await Owner.SendAsync("POST", Path, new { email = NewEmail(), name = "Somebody", role = "viewer" });

        known.Status.ShouldBe(HttpStatusCode.Created);
        known.Body!.AsObject().Select(m => m.Key).ShouldBe(unknown.Body!.AsObject().Select(m => m.Key));
        known.Body["name"]!.GetValue<string>().ShouldBe("Somebody");
    }

    [Fact]
    public async Task A_link_is_used_once_however_many_use_it_at_the_same_time()
    {
        var email = NewEmail();
        await InviteAsync(email, "viewer");
        var token = await fixture.Mailbox.TokenAsync(email);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).Select(a => a.Faults.ShouldHaveSingleItem()).ShouldAllBe(fault => fault == "/token invalid_link" || fault == "/password account_exists");
    }

    [Fact]
    public async Task A_revoked_or_expired_invitation_cannot_be_accepted()
    {
        var (revoked, expired) = (NewEmail(), NewEmail());
        var id = await InviteAsync(revoked, "viewer");
        await InviteAsync(expired, "viewer");
        var tokens = new[] { await fixture.Mailbox.TokenAsync(revoked), await fixture.Mailbox.TokenAsync(expired) };
        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await RunAsync("UPDATE one_time_links SET expires_at = now() - interval '1 second' WHERE email = $1", expired);

        foreach (var token in tokens.Append("unknown"))
            (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_suspended_tenant_takes_nobody_in_until_it_is_open_again(bool hasAccount)
    {
        var tenant = await Host.CreateTenantAsync($"closed-{Guid.NewGuid():N}");
        var (email, password) = (NewEmail(), hasAccount ? null : ApiHost.NewPassword());
        if (hasAccount)
            await Host.AddUserAsync(fixture.Beta, email, "Bert of Beta", "member", ApiHost.NewPassword());
        (await tenant.Client.SendAsync("POST", Path, new { email, name = "Mary Member", role = "viewer" })).Status.ShouldBe(HttpStatusCode.Created);
        var token = await fixture.Mailbox.TokenAsync(email);

        await RunAsync("UPDATE tenants SET status = 'suspended' WHERE id = $1", tenant.Id);
        var refused = await Host.CreateClient().SendAsync("POST", Accept, new { token, password });
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Forbidden, "tenant_suspended"));

        await RunAsync("UPDATE tenants SET status = 'active' WHERE id = $1", tenant.Id);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_invitation_sent_again_has_a_new_link_and_the_old_one_is_no_good()
    {
        var email = NewEmail();
        var id = await InviteAsync(email, "viewer");
        var first = await fixture.Mailbox.TokenAsync(email);
        await AgeMailsAsync(email);
        (await Owner.SendAsync("POST", $"{Path}/{id}/resend")).Status.ShouldBe(HttpStatusCode.OK);
        var second = await fixture.Mailbox.TokenAsync(email, count: 2);

        (await Host.CreateClient().SendAsync("POST", Accept, new { token = first, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token = second, password = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.OK);
        (await Owner.SendAsync("POST", $"{Path}/{id}/resend")).Code.ShouldBe("already_member");
    }

    [Fact]
    public async Task Nobody_is_invited_twice_or_when_a_member()
    {
        var email = NewEmail();
        await InviteAsync(email, "viewer");

        (await Owner.SendAsync("POST", Path, new { email = email.ToUpperInvariant(), name = "Mary", role = "viewer" })).Code.ShouldBe("already_invited");
        (await Owner.SendAsync("POST", Path, new { email = fixture.Acme.Email, name = "Olive", role = "viewer" })).Code.ShouldBe("already_member");
    }

    [Fact]
    public async Task An_invitation_that_expired_is_offered_anew()
    {
        var email = NewEmail();
        var id = await InviteAsync(email, "viewer");
        await RunAsync("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE email = $1", email);
        await AgeMailsAsync(email);

        var again = await Owner.SendAsync("POST", Path, new { email, name = "Mary Again", role = "member" });
        again.Status.ShouldBe(HttpStatusCode.Created);
        again.Body!["id"]!.GetValue<Guid>().ShouldBe(id);
        again.Body["name"]!.GetValue<string>().ShouldBe("Mary Again");
    }

    [Fact]
    public async Task A_tenant_mails_an_address_once_a_minute_and_five_times_a_day_whether_it_sends_again_or_takes_back()
    {
        var email = NewEmail();
        var id = await InviteAsync(email, "viewer");
        (await Owner.SendAsync("POST", $"{Path}/{id}/resend")).Code.ShouldBe("mailed_too_often");
        (await Owner.SendAsync("DELETE", $"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        var refused = await Owner.SendAsync("POST", Path, new { email = email.ToUpperInvariant(), name = "Mary", role = "viewer" });
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "mailed_too_often"));
        (await fixture.Beta.Client.SendAsync("POST", Path, new { email, name = "Mary", role = "viewer" })).Status.ShouldBe(HttpStatusCode.Created, "what one tenant does hinders no other");

        for (var mail = 2; mail <= 5; mail++)
        {
            await AgeMailsAsync(email);
            id = await InviteAsync(email, "viewer");
            (await Owner.SendAsync("DELETE", $"{Path}/{id}?purge=true")).Status.ShouldBe(HttpStatusCode.NoContent);
        }

        await AgeMailsAsync(email);
        (await Owner.SendAsync("POST", Path, new { email, name = "Mary", role = "viewer" })).Code.ShouldBe("mailed_too_often");
    }

    [Theory]
    [InlineData("jürgen@people.example")]
    [InlineData("玛丽@people.example")]
    public async Task An_address_that_mail_servers_may_not_take_is_not_invited(string email) =>
        (await Owner.SendAsync("POST", Path, new { email, name = "Mary", role = "viewer" })).Faults.ShouldBe(["/email invalid_email"]);

    [Fact]
    public async Task Only_those_who_may_write_users_invite_and_only_to_roles_they_could_hold()
    {
        foreach (var role in new[] { "member", "viewer" })
            (await (await Host.AddMemberAsync(fixture.Acme, role)).SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role })).Code.ShouldBe("permission_missing");

        var admin = await Host.AddMemberAsync(fixture.Acme, "admin");
        (await admin.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role = "owner" })).Code.ShouldBe("exceeds_own_access");
        (await admin.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role = "admin" })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        (await Owner.SendAsync("POST", Path, new { email = "x", name = " ", role = "" })).Faults.ShouldBe(["/email invalid_email", "/name blank", "/role required"], ignoreOrder: true);
        (await Owner.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role = "king" })).Faults.ShouldBe(["/role reference_not_found"]);

        var email = NewEmail();
        await InviteAsync(email, "viewer");
        var token = await fixture.Mailbox.TokenAsync(email);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token, name = " ", password = "short" })).Faults.ShouldBe(
            ["/name blank", "/password password_too_short", "/password password_needs_upper", "/password password_needs_digit", "/password password_needs_special"], ignoreOrder: true);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token })).Faults.ShouldBe(["/password required"]);
        (await Host.CreateClient().SendAsync("POST", Accept, new { token, password = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.OK, "a refused attempt uses no link up");
    }

    [Fact]
    public async Task Another_tenants_invitation_is_not_there()
    {
        var id = await InviteAsync(NewEmail(), "viewer");
        var random = Guid.NewGuid();

        foreach (var (method, suffix) in new[] { ("GET", ""), ("DELETE", ""), ("POST", "/resend") })
        {
            var foreign = await fixture.Beta.Client.SendAsync(method, $"{Path}/{id}{suffix}");
            foreign.Status.ShouldBe(HttpStatusCode.NotFound);
            foreign.Code.ShouldBe((await fixture.Beta.Client.SendAsync(method, $"{Path}/{random}{suffix}")).Code);
        }
    }

    [Fact]
    public async Task Nothing_in_the_database_opens_anything()
    {
        var email = NewEmail();
        await InviteAsync(email, "viewer");
        var token = await fixture.Mailbox.TokenAsync(email);

        (await ListAsync("SELECT l::text FROM one_time_links l WHERE email = $1", email)).ShouldHaveSingleItem().ShouldNotContain(token);
    }

    private async Task<Guid> InviteAsync(string email, string role)
    {
        var answer = await Owner.SendAsync("POST", Path, new { email, name = "Mary Member", role });
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Headers["Location"].ShouldBe($"{Path}/{answer.Body!["id"]}");
        return answer.Body["id"]!.GetValue<Guid>();
    }

    private Task<IReadOnlyList<string>> ChangesAsync(string type, Guid record) =>
        ListAsync("SELECT action || ' by ' || actor_id FROM changes WHERE record_type = $1 AND record_id = $2 ORDER BY sequence", type, record);

    private async Task<IReadOnlyList<string>> ListAsync(string sql, params object[] values)
    {
        await using var superuser = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = superuser.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    private async Task RunAsync(string sql, params object[] values) => await ListAsync(sql, values);

    // As if every mail so far had been asked for two minutes earlier.
    private Task AgeMailsAsync(string email) => RunAsync("UPDATE one_time_links SET asked_at = (SELECT array_agg(at - interval '2 minutes') FROM unnest(asked_at) at) WHERE email_lower = lower($1)", email);

    private static string NewEmail() => $"{Guid.NewGuid():N}@people.example";
}
