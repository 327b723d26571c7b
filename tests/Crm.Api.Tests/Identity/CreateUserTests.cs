using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class CreateUserTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/admin/users";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_new_user_can_sign_in_and_has_the_role_given()
    {
        var (email, password) = (NewEmail(), ApiHost.NewPassword());
        var answer = await fixture.Acme.Client.SendAsync("POST", Path, new { email, name = "Mary Member", role = "member", password });

        answer.Status.ShouldBe(HttpStatusCode.Created);
        answer.Body!["role"]!.GetValue<string>().ShouldBe("member");
        (await fixture.Acme.Client.SendAsync("GET", answer.Headers["Location"])).Body!["email"]!.GetValue<string>().ShouldBe(email);
        var client = await Host.SignInAsync(new { email, password });
        (await client.SendAsync("GET", "/api/v1/me")).Body!["memberships"]![0]!["role"]!.GetValue<string>().ShouldBe("member");
    }

    [Fact]
    public async Task A_person_known_from_another_tenant_is_added_and_keeps_the_password()
    {
        var answer = await fixture.Acme.Client.SendAsync(
            "POST", Path, new { email = fixture.Beta.Email, name = "Someone Else", role = "viewer", password = ApiHost.NewPassword() });

        answer.Status.ShouldBe(HttpStatusCode.Created);
        answer.Body!["name"]!.GetValue<string>().ShouldBe("Olive Owner");
        await Host.SignInAsync(new { tenant = "beta", email = fixture.Beta.Email, password = fixture.Beta.Password });
        await Host.SignInAsync(new { tenant = "acme", email = fixture.Beta.Email, password = fixture.Beta.Password });
    }

    [Fact]
    public async Task A_member_cannot_be_added_twice()
    {
        var body = new { email = NewEmail(), name = "Mary Member", role = "member" };
        (await fixture.Acme.Client.SendAsync("POST", Path, body)).Status.ShouldBe(HttpStatusCode.Created);

        var again = await fixture.Acme.Client.SendAsync("POST", Path, body);
        again.Status.ShouldBe(HttpStatusCode.Conflict);
        again.Code.ShouldBe("already_member");
    }

    [Fact]
    public async Task A_user_without_a_password_cannot_sign_in()
    {
        var email = NewEmail();
        await fixture.Acme.Client.SendAsync("POST", Path, new { email, name = "Mary Member", role = "member" });

        (await Host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password = "Any-password-123" })).Code.ShouldBe("invalid_credentials");
    }

    [Fact]
    public async Task Only_those_who_may_write_users_add_members()
    {
        foreach (var role in new[] { "member", "viewer" })
        {
            var client = await Host.AddMemberAsync(fixture.Acme, role);
            (await client.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role })).Code.ShouldBe("permission_missing");
        }
    }

    [Fact]
    public async Task Nobody_gives_a_role_that_may_do_more_than_they_may()
    {
        var admin = await Host.AddMemberAsync(fixture.Acme, "admin");

        (await admin.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role = "owner" })).Code.ShouldBe("role_exceeds_caller");
        (await admin.SendAsync("POST", Path, new { email = NewEmail(), name = "Mary", role = "admin" })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_wrong_role_leaves_no_user_behind()
    {
        var (email, password) = (NewEmail(), ApiHost.NewPassword());
        var wrong = await fixture.Acme.Client.SendAsync("POST", Path, new { email, name = "Mary", role = "king", password = ApiHost.NewPassword() });
        wrong.Faults.ShouldBe(["/role reference_not_found"]);

        (await fixture.Acme.Client.SendAsync("POST", Path, new { email, name = "Mary", role = "member", password })).Status.ShouldBe(HttpStatusCode.Created);
        await Host.SignInAsync(new { email, password });
    }

    [Fact]
    public async Task All_faults_of_a_new_user_are_told_at_once() =>
        (await fixture.Acme.Client.SendAsync("POST", Path, new { email = "x", name = " ", role = "", password = "mary" })).Faults.ShouldBe(
            ["/email invalid_email", "/name blank", "/role required", "/password password_too_short", "/password password_needs_upper", "/password password_needs_digit", "/password password_needs_special"],
            ignoreOrder: true);

    private static string NewEmail() => $"{Guid.NewGuid():N}@people.example";
}
