using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class SignInTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_member_of_one_tenant_signs_in_without_naming_it()
    {
        var answer = await SignInAsync(new { email = fixture.Acme.Email.ToUpperInvariant(), password = fixture.Acme.Password });

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body!["tokenType"]!.GetValue<string>().ShouldBe("Bearer");
        answer.Body["expiresIn"]!.GetValue<int>().ShouldBe(900);
        answer.Body["tenant"]!["id"]!.GetValue<Guid>().ShouldBe(fixture.Acme.Id);
        answer.Body["tenant"]!["identifier"]!.GetValue<string>().ShouldBe("acme");
        answer.Headers["Cache-Control"].ShouldBe("no-store");
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_foreign_tenant_get_the_same_answer()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var wrong = await SignInAsync(new { email, password = ApiHost.NewPassword() });
        var unknown = await SignInAsync(new { email = "nobody@acme.example", password });
        var foreign = await SignInAsync(new { tenant = "beta", email, password });
        var missing = await SignInAsync(new { tenant = "no-such-tenant", email, password });

        wrong.Status.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.Code.ShouldBe("invalid_credentials");
        wrong.Headers["WWW-Authenticate"].ShouldBe("Bearer");
        foreach (var other in new[] { unknown, foreign, missing })
        {
            other.Status.ShouldBe(wrong.Status);
            other.Code.ShouldBe(wrong.Code);
            other.Body!["detail"]!.GetValue<string>().ShouldBe(wrong.Body!["detail"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task An_unknown_address_costs_as_much_time_as_a_wrong_password()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        var (wrong, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 7; i++)
        {
            wrong.Add(await TimeAsync(email));
            unknown.Add(await TimeAsync("nobody@acme.example"));
        }

        // Without the hashing it would be one tenth or less; the bounds are wide because the machine may be busy.
        (unknown.Order().ElementAt(3) / wrong.Order().ElementAt(3)).ShouldBeInRange(0.4, 2.5);
    }

    [Fact]
    public async Task A_member_of_several_tenants_is_asked_to_choose_and_may_choose_by_body_header_or_host_name()
    {
        var (email, password) = await CreateMemberOfBothAsync();

        var undecided = await SignInAsync(new { email, password });
        undecided.Status.ShouldBe(HttpStatusCode.Conflict);
        undecided.Code.ShouldBe("tenant_required");
        undecided.Body!["tenants"]!.AsArray().Select(t => t!["identifier"]!.GetValue<string>()).ShouldBe(["acme", "beta"]);

        TenantOf(await SignInAsync(new { tenant = "beta", email, password })).ShouldBe("beta");
        TenantOf(await SignInAsync(new { tenant = fixture.Beta.Id, email, password })).ShouldBe("beta");
        TenantOf(await SignInAsync(new { email, password }, ("X-Tenant", "acme"))).ShouldBe("acme");
        TenantOf(await SignInAsync(new { email, password }, ("Host", "beta.crm.example"))).ShouldBe("beta");
        TenantOf(await SignInAsync(new { tenant = "beta", email, password }, ("X-Tenant", fixture.Beta.Id.ToString()), ("Host", "beta.crm.example"))).ShouldBe("beta");
    }

    [Theory]
    [InlineData("beta", "X-Tenant", "acme")]
    [InlineData("beta", "X-Tenant", "no-such-tenant")]
    [InlineData("beta", "Host", "acme.crm.example")]
    public async Task A_sign_in_that_names_two_tenants_is_refused_to_whoever_knows_the_password(string tenant, string header, string other)
    {
        var (email, password) = await CreateMemberOfBothAsync();

        var refused = await SignInAsync(new { tenant, email, password }, (header, other));
        refused.Status.ShouldBe(HttpStatusCode.Forbidden);
        refused.Code.ShouldBe("tenant_mismatch");
        (await SignInAsync(new { tenant, email, password = ApiHost.NewPassword() }, (header, other))).Code.ShouldBe("invalid_credentials");
        (await SignInAsync(new { tenant = "no-such-tenant", email, password }, (header, other))).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task A_header_and_a_host_name_that_differ_are_refused_as_well()
    {
        var (email, password) = await CreateMemberOfBothAsync();

        (await SignInAsync(new { email, password }, ("X-Tenant", "acme"), ("Host", "beta.crm.example"))).Code.ShouldBe("tenant_mismatch");
    }

    [Fact]
    public async Task A_header_that_names_a_foreign_tenant_is_not_ignored()
    {
        var answer = await SignInAsync(new { email = fixture.Acme.Email, password = fixture.Acme.Password }, ("X-Tenant", "beta"));

        answer.Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task An_old_token_attached_to_the_sign_in_neither_hinders_nor_chooses()
    {
        var (email, password) = await CreateMemberOfBothAsync();

        (await SignInAsync(new { email, password }, ("Authorization", "Bearer nonsense"))).Code.ShouldBe("tenant_required");
        (await SignInAsync(new { email, password }, ("Authorization", $"Bearer {fixture.Acme.Token}"))).Code.ShouldBe("tenant_required");
    }

    [Fact]
    public async Task An_operator_who_names_no_tenant_opens_the_host()
    {
        var (email, password) = ("operator@host.example", ApiHost.NewPassword());
        await Host.CreateAdminAsync(null, email, password);

        var answer = await SignInAsync(new { email, password });
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body!["tenant"].ShouldBeNull();

        (await SignInAsync(new { tenant = "acme", email, password })).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task A_user_without_any_membership_cannot_sign_in()
    {
        var (email, password) = ("lonely@host.example", ApiHost.NewPassword());
        await Host.CreateAdminAsync(null, email, password);
        await ExecuteAsync("UPDATE users SET is_host_operator = false WHERE email = $1", email);

        (await SignInAsync(new { email, password })).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task A_hash_made_with_weaker_parameters_is_made_anew_at_the_sign_in()
    {
        var (email, password) = await CreateMemberOfBothAsync();
        var weak = new Microsoft.AspNetCore.Identity.PasswordHasher<object>(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1000 })).HashPassword(new(), password);
        await ExecuteAsync("UPDATE users SET password_hash = $2 WHERE email = $1", email, weak);

        TenantOf(await SignInAsync(new { tenant = "acme", email, password })).ShouldBe("acme");

        (await ScalarAsync("SELECT password_hash FROM users WHERE email = $1", email)).ShouldNotBe(weak);
        TenantOf(await SignInAsync(new { tenant = "acme", email, password })).ShouldBe("acme");
    }

    [Fact]
    public async Task All_faults_of_the_body_are_told_at_once()
    {
        (await SignInAsync(new { email = 1, passwort = "x" })).Faults.ShouldBe(
            ["/email invalid_type", "/passwort unknown_member", "/password required"], ignoreOrder: true);
        (await SignInAsync(new { email = "no address", password = "", mode = "url" })).Faults.ShouldBe(
            ["/email invalid_email", "/password required", "/mode invalid_choice"], ignoreOrder: true);
        (await SignInAsync(new { email = (string?)null, password = "x" })).Faults.ShouldBe(["/email not_null"]);
    }

    [Fact]
    public async Task Successes_are_kept_in_the_tenants_log_and_failures_in_the_hosts_without_the_password()
    {
        var (email, password) = await CreateMemberOfBothAsync();
        var wrong = ApiHost.NewPassword();
        await SignInAsync(new { tenant = "acme", email, password });
        await SignInAsync(new { tenant = "acme", email, password = wrong });

        var user = await ScalarAsync("SELECT id::text FROM users WHERE email = $1", email);
        (await ScalarAsync("SELECT string_agg(action, ',' ORDER BY at) FROM changes WHERE record_id = $1::uuid AND action LIKE 'sign%'", user)).ShouldBe("sign_in_succeeded");
        (await ScalarAsync("SELECT string_agg(action, ',' ORDER BY at) FROM host_changes WHERE subject = 'user:' || $1 AND action LIKE 'sign%'", user)).ShouldBe("sign_in_failed");
        foreach (var secret in new[] { password, wrong })
            (await ScalarAsync("SELECT count(*)::text FROM (SELECT fields FROM host_changes UNION ALL SELECT fields FROM changes) e WHERE fields::text LIKE '%' || $1 || '%'", secret)).ShouldBe("0");
    }

    private async Task<(string Email, string Password)> CreateMemberOfBothAsync()
    {
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        await Host.CreateAdminAsync("acme", email, password);
        await Host.CreateAdminAsync("beta", email, password);
        return (email, password);
    }

    private async Task<double> TimeAsync(string email)
    {
        var started = TimeProvider.System.GetTimestamp();
        await SignInAsync(new { email, password = ApiHost.NewPassword() });
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private Task<Answer> SignInAsync(object body, params (string, string)[] headers) =>
        Host.CreateClient().SendAsync("POST", People.SignInPath, body, headers);

    private static string TenantOf(Answer answer) =>
        answer.Status == HttpStatusCode.OK ? answer.Body!["tenant"]!["identifier"]!.GetValue<string>() : answer.Text;

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string> ScalarAsync(string sql, string value)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
