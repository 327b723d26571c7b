using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.Identity;
using Crm.Testing;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

/// <summary>How often the rules of a typed request run, and what they say beside faults of form.</summary>
public sealed class BodyRulesTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    [Fact]
    public async Task Rules_run_once_for_a_request_that_is_well_formed_and_not_for_one_that_is_not()
    {
        var (signIn, change, forgot, reset) = (new Counter<SignIn>(), new Counter<ChangePassword>(), new Counter<RequestPasswordReset>(), new Counter<ResetPassword>());
        await using var node = await fixture.Host.StartNodeAsync(services => services
            .AddSingleton<IValidator<SignIn>>(signIn).AddSingleton<IValidator<ChangePassword>>(change)
            .AddSingleton<IValidator<RequestPasswordReset>>(forgot).AddSingleton<IValidator<ResetPassword>>(reset));
        var (email, password) = await fixture.Host.CreatePersonAsync("acme");
        using var client = await node.SignInAsync(new { email, password });
        async Task<HttpStatusCode> PostAsync(string path, object body) => (await client.SendAsync("POST", path, body)).Status;

        (await PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = ApiHost.NewPassword() })).ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync("/api/v1/me/password", new { currentPassword = "", newPassword = "x" })).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("/api/v1/me/password", new { currentPassword = 1, newPassword = "x" })).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("/api/v1/auth/password/forgot", new { email = "x" })).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("/api/v1/auth/password/reset", new { token = "x", newPassword = "x" })).ShouldBe(HttpStatusCode.BadRequest);

        (signIn.Times, change.Times, forgot.Times, reset.Times).ShouldBe((1, 2, 1, 1));
    }

    [Fact]
    public async Task Faults_of_form_come_first_and_rules_are_asked_about_what_can_be_read()
    {
        var owner = await fixture.Host.SignInAsync(new { fixture.Acme.Email, fixture.Acme.Password });

        var key = await owner.SendAsync("POST", "/api/v1/api-keys", new { name = " ", scopes = new object?[] { "nope", 1, null }, allowedIps = 3, expiresAt = "2001-01-01T00:00:00Z" });
        var change = await owner.SendAsync("POST", "/api/v1/me/password", new { currentPassword = true, newPassword = "x", more = 1 });
        var email = await owner.SendAsync("POST", "/api/v1/me/email", new { email = "x" });

        var accept = await owner.SendAsync("POST", "/api/v1/auth/invitations/accept", new { token = "x", name = " " });

        accept.Faults.ShouldBe(["/name blank"]);
        key.Faults.ShouldBe(["/scopes/1 invalid_type", "/allowedIps invalid_type", "/name blank", "/scopes/0 unknown_scope", "/scopes/2 unknown_scope", "/expiresAt not_in_future"]);
        change.Faults.ShouldBe(["/currentPassword invalid_type", "/more unknown_member", "/newPassword password_too_short", "/newPassword password_needs_upper", "/newPassword password_needs_digit", "/newPassword password_needs_special"]);
        email.Faults.ShouldBe(["/password required", "/email invalid_email"]);
    }

    private sealed class Counter<T> : AbstractValidator<T>
    {
        public Counter() => RuleFor(r => r).Must(_ => Interlocked.Increment(ref _times) > 0);

        public int Times => _times;

        private int _times;
    }
}
