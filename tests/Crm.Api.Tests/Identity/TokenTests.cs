using System.Net;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

public sealed class TokenTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string MePath = "/api/v1/me";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Whoever_is_signed_in_is_told_who_they_are_and_what_they_may_do()
    {
        var me = (await fixture.Acme.Client.SendAsync("GET", MePath)).Body!;

        me["user"]!["email"]!.GetValue<string>().ShouldBe(fixture.Acme.Email);
        me["tenant"]!["id"]!.GetValue<Guid>().ShouldBe(fixture.Acme.Id);
        me["memberships"]!.AsArray().ShouldHaveSingleItem()!["role"]!.GetValue<string>().ShouldBe("owner");
        me["permissions"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("contacts:purge");
        me["features"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_without_a_token_is_told_which_proof_is_wanted()
    {
        var answer = await Host.CreateClient().SendAsync("GET", MePath);

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Code.ShouldBe("unauthenticated");
        answer.Headers["WWW-Authenticate"].ShouldBe("Bearer");
        answer.Headers["Content-Type"].ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer")]
    [InlineData("Basic YTpi")]
    public async Task A_token_that_is_none_is_refused(string authorization)
    {
        var answer = await Host.CreateClient().SendAsync("GET", MePath, null, ("Authorization", authorization));

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers["WWW-Authenticate"].ShouldStartWith("Bearer");
    }

    [Fact]
    public async Task A_token_that_was_altered_is_refused_and_told_so()
    {
        var parts = fixture.Acme.Token.Split('.');
        var answer = await Host.CreateClient().With($"{parts[0]}.{parts[1]}.{fixture.Beta.Token.Split('.')[2]}").SendAsync("GET", MePath);

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Code.ShouldBe("invalid_token");
        answer.Headers["WWW-Authenticate"].ShouldContain("error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_request_that_names_another_tenant_than_its_token_is_refused()
    {
        foreach (var header in new[] { ("X-Tenant", "beta"), ("X-Tenant", fixture.Beta.Id.ToString()), ("X-Tenant", "no-such-tenant"), ("Host", "beta.crm.example") })
        {
            var answer = await fixture.Acme.Client.SendAsync("GET", MePath, null, header);
            answer.Status.ShouldBe(HttpStatusCode.Forbidden, header.ToString());
            answer.Code.ShouldBe("tenant_mismatch");
        }
    }

    [Fact]
    public async Task A_request_that_names_the_tenant_of_its_token_is_served()
    {
        foreach (var header in new[] { ("X-Tenant", "acme"), ("X-Tenant", fixture.Acme.Id.ToString()), ("Host", "acme.crm.example"), ("Host", "www.crm.example") })
            (await fixture.Acme.Client.SendAsync("GET", MePath, null, header)).Status.ShouldBe(HttpStatusCode.OK, header.ToString());
    }

    [Fact]
    public async Task The_hosts_token_opens_no_tenant_even_if_a_header_names_one()
    {
        var client = await Host.CreateOperatorAsync();

        (await client.SendAsync("GET", MePath)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.SendAsync("GET", "/api/v1/contacts")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await client.SendAsync("GET", "/api/v1/contacts", null, ("X-Tenant", "acme"))).Code.ShouldBe("tenant_mismatch");
    }

    [Fact]
    public async Task A_membership_that_ends_takes_its_token_along_within_a_second()
    {
        var client = await Host.AddMemberAsync(fixture.Acme, "member");
        var me = (await client.SendAsync("GET", MePath)).Body!;
        await ExecuteAsync("UPDATE memberships SET active = false WHERE id = $1", me["user"]!["id"]!.GetValue<Guid>());

        var answer = await Until.ShouldBe(() => client.SendAsync("GET", MePath), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2));
        answer.Code.ShouldBe("membership_ended");
        answer.Headers["WWW-Authenticate"].ShouldContain("error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_change_of_role_takes_effect_within_a_second()
    {
        var client = await Host.AddMemberAsync(fixture.Acme, "admin");
        var me = (await client.SendAsync("GET", MePath)).Body!;
        me["permissions"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("users:write");

        await ExecuteAsync(
            "UPDATE memberships m SET role_id = r.id FROM roles r WHERE r.tenant_id = m.tenant_id AND r.name = 'viewer' AND m.id = $1",
            me["user"]!["id"]!.GetValue<Guid>());

        await Until.ShouldBe(
            () => client.SendAsync("GET", MePath), a => a.Body!["permissions"]!.AsArray().All(p => p!.GetValue<string>().EndsWith(":read", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task An_operator_who_is_one_no_longer_loses_the_host_within_a_second()
    {
        var (email, password) = ("former@host.example", ApiHost.NewPassword());
        await Host.CreateAdminAsync(null, email, password);
        var client = await Host.SignInAsync(new { email, password });
        (await client.SendAsync("GET", "/api/v1/host/tenants")).Status.ShouldBe(HttpStatusCode.OK);

        await ExecuteAsync("UPDATE users SET is_host_operator = false WHERE email = $1", email);

        await Until.ShouldBe(() => client.SendAsync("GET", "/api/v1/host/tenants"), a => a.Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task The_public_keys_verify_tokens_and_tell_nothing_private()
    {
        var answer = await Host.CreateClient().SendAsync("GET", "/.well-known/jwks.json");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Headers["Cache-Control"].ShouldContain("public");
        var key = answer.Body!["keys"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        key.Select(m => m.Key).ShouldBe(["kty", "crv", "use", "alg", "kid", "x", "y"], ignoreOrder: true);
    }

    private async Task ExecuteAsync(string sql, object value)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
    }
}
