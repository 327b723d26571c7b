using System.Net;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class PasswordTests(MailFixture fixture) : IClassFixture<MailFixture>
{
    private const string Change = "/api/v1/me/password";
    private const string Forgot = "/api/v1/auth/password/forgot";
    private const string Reset = "/api/v1/auth/password/reset";
    private const string Strength = "/api/v1/auth/password/strength";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_policy_that_lets_short_passwords_pass_stops_the_start() =>
        (await Should.ThrowAsync<OptionsValidationException>(() => ApiHost.StartAsync(("PasswordPolicy:MinLength", "7")))).Message.ShouldContain("MinLength is 8 or more");

    [Fact]
    public async Task A_password_is_changed_by_one_who_knows_the_present_one()
    {
        var (client, email, password) = await NewMemberAsync();
        var next = ApiHost.NewPassword();

        (await client.SendAsync("POST", Change, new { currentPassword = ApiHost.NewPassword(), newPassword = next })).Faults.ShouldBe(["/currentPassword wrong_password"]);
        (await client.SendAsync("POST", Change, new { currentPassword = password, newPassword = next })).Status.ShouldBe(HttpStatusCode.NoContent);
        await Host.SignInAsync(new { email, password = next });
        (await SignInAsync(email, password)).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task A_changed_password_ends_all_sessions_but_the_present_one_and_a_forgotten_one_all()
    {
        var (present, email, password) = await NewMemberAsync();
        var other = await Host.OpenSessionAsync(new { email, password });
        (await present.SendAsync("POST", Change, new { currentPassword = password, newPassword = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.NoContent);
        await EndsAsync(other.Client);
        (await Host.RefreshAsync(other.RefreshToken)).Code.ShouldBe("invalid_refresh_token");
        (await present.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);

        await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var token = await fixture.Mailbox.TokenAsync(email);
        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.NoContent);
        await EndsAsync(present);
    }

    private static async Task EndsAsync(HttpClient client) =>
        (await Until.ShouldBe(() => client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2))).Code.ShouldBe("session_ended");

    [Fact]
    public async Task None_of_the_last_five_passwords_is_taken_and_the_sixth_is()
    {
        var (client, _, password) = await NewMemberAsync();
        var used = new List<string> { password };
        for (var i = 0; i < 5; i++)
        {
            var next = ApiHost.NewPassword();
            (await client.SendAsync("POST", Change, new { currentPassword = used[^1], newPassword = next })).Status.ShouldBe(HttpStatusCode.NoContent);
            used.Add(next);
        }

        foreach (var recent in used[1..])
            (await client.SendAsync("POST", Change, new { currentPassword = used[^1], newPassword = recent })).Faults.ShouldBe(["/newPassword password_reused"]);
        (await client.SendAsync("POST", Change, new { currentPassword = used[^1], newPassword = used[0] })).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("P@ssw0rd2026!", "password_common")]
    [InlineData("Baseball12345!", "password_common")]
    [InlineData("Mary-writes-2-poems", "password_contains_name")]
    [InlineData("In-acme-since-2019", "password_contains_tenant")]
    [InlineData("Short-1", "password_too_short")]
    public async Task The_policy_holds_whoever_sets_a_password(string password, string code)
    {
        var (client, email, current) = await NewMemberAsync();
        (await client.SendAsync("POST", Change, new { currentPassword = current, newPassword = password })).Faults.ShouldContain($"/newPassword {code}");

        await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var token = await fixture.Mailbox.TokenAsync(email);
        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = password })).Faults.ShouldContain($"/newPassword {code}");
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_a_link_that_works_once()
    {
        var (_, email, password) = await NewMemberAsync();
        var asked = await Host.CreateClient().SendAsync("POST", Forgot, new { email = email.ToUpperInvariant() });
        asked.Status.ShouldBe(HttpStatusCode.Accepted);
        var token = await fixture.Mailbox.TokenAsync(email);
        var next = ApiHost.NewPassword();

        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = password })).Faults.ShouldBe(["/newPassword password_reused"]);
        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = next })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);
        await Host.SignInAsync(new { email, password = next });
    }

    [Fact]
    public async Task A_reset_password_lets_in_one_whom_strangers_have_locked_out()
    {
        var (_, email, _) = await NewMemberAsync();
        for (var i = 0; i < 5; i++)
            (await SignInAsync(email, ApiHost.NewPassword())).Code.ShouldBe("invalid_credentials");
        await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var (token, next) = (await fixture.Mailbox.TokenAsync(email), ApiHost.NewPassword());

        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = next })).Status.ShouldBe(HttpStatusCode.NoContent);

        await Host.SignInAsync(new { email, password = next });
    }

    [Fact]
    public async Task A_stranger_learns_nothing_from_asking_and_writes_to_nobody_twice_a_minute()
    {
        var (_, email, _) = await NewMemberAsync();
        var known = await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var again = await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var unknown = await Host.CreateClient().SendAsync("POST", Forgot, new { email = $"{Guid.NewGuid():N}@people.example" });

        (known.Status, known.Text).ShouldBe((HttpStatusCode.Accepted, ""));
        (again.Status, again.Text).ShouldBe((known.Status, known.Text));
        (unknown.Status, unknown.Text).ShouldBe((known.Status, known.Text));
        (await ScalarAsync("SELECT count(*) FROM one_time_links WHERE email = $1", email)).ShouldBe(1L);
    }

    [Fact]
    public async Task A_link_is_good_for_thirty_minutes_and_ends_with_a_change_of_the_password()
    {
        var (client, email, password) = await NewMemberAsync();
        await Host.CreateClient().SendAsync("POST", Forgot, new { email });
        var token = await fixture.Mailbox.TokenAsync(email);
        ((DateTime)(await ScalarAsync("SELECT expires_at FROM one_time_links WHERE email = $1", email))!).ShouldBe(DateTime.UtcNow.AddMinutes(30), TimeSpan.FromMinutes(1));

        (await client.SendAsync("POST", Change, new { currentPassword = password, newPassword = ApiHost.NewPassword() })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);
    }

    [Fact]
    public async Task A_link_opens_only_what_it_was_made_for()
    {
        var (client, email, password) = await NewMemberAsync();
        var address = $"{Guid.NewGuid():N}@people.example";
        await client.SendAsync("POST", "/api/v1/me/email", new { email = address, password });
        var token = await fixture.Mailbox.TokenAsync(address);

        (await Host.CreateClient().SendAsync("POST", Reset, new { token, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/token invalid_link"]);
        (await Host.CreateClient().SendAsync("POST", "/api/v1/auth/invitations/accept", new { token })).Faults.ShouldBe(["/token invalid_link"]);
        (await Host.CreateClient().SendAsync("POST", "/api/v1/auth/email/confirm", new { token })).Status.ShouldBe(HttpStatusCode.NoContent);
        await Host.SignInAsync(new { email = address, password });
        (await SignInAsync(email, password)).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task An_address_somebody_else_has_is_not_taken_over()
    {
        var (client, email, password) = await NewMemberAsync();
        (await client.SendAsync("POST", "/api/v1/me/email", new { email = fixture.Beta.Email, password = ApiHost.NewPassword() })).Faults.ShouldBe(["/password wrong_password"]);
        (await client.SendAsync("POST", "/api/v1/me/email", new { email = fixture.Beta.Email, password })).Status.ShouldBe(HttpStatusCode.Accepted);

        var token = await fixture.Mailbox.TokenAsync(fixture.Beta.Email);
        (await Host.CreateClient().SendAsync("POST", "/api/v1/auth/email/confirm", new { token })).Code.ShouldBe("email_taken");
        await Host.SignInAsync(new { email, password });
    }

    [Fact]
    public async Task The_strength_of_a_password_is_told_before_it_is_set()
    {
        var client = Host.CreateClient();
        var weak = (await client.SendAsync("POST", Strength, new { password = "P@ssw0rd2026!" })).Body!;
        var strong = (await client.SendAsync("POST", Strength, new { password = "Correct-7-horse-Battery!", name = "Ada", email = "ada@acme.example" })).Body!;

        weak["score"]!.GetValue<int>().ShouldBe(0);
        weak["acceptable"]!.GetValue<bool>().ShouldBeFalse();
        weak["reasons"]!.AsArray().Select(r => r!["code"]!.GetValue<string>()).ShouldBe(["password_common", "password_word"]);
        strong["score"]!.GetValue<int>().ShouldBe(4);
        strong["acceptable"]!.GetValue<bool>().ShouldBeTrue();
    }

    private async Task<(HttpClient Client, string Email, string Password)> NewMemberAsync()
    {
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        await Host.AddUserAsync(fixture.Acme, email, "Mary Member", "member", password);
        return (await Host.SignInAsync(new { email, password }), email, password);
    }

    private Task<Answer> SignInAsync(string email, string password) => Host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password });

    private async Task<object?> ScalarAsync(string sql, string value)
    {
        await using var superuser = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = superuser.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }
}
