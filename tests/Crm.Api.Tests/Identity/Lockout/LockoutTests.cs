using System.Net;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity.Lockout;

public sealed class LockoutTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Five_wrong_passwords_lock_and_the_right_one_is_answered_as_a_wrong_one()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");

        var wrong = await Host.FailAsync(email, 5);
        var right = await Host.TryAsync(email, password);

        right.Code.ShouldBe("invalid_credentials");
        wrong.Select(Attempts.Looks).Append(Attempts.Looks(right)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_address_that_nobody_has_is_counted_and_answered_as_one_that_somebody_has()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        var nobody = $"{Guid.NewGuid():N}@people.example";
        var before = await Host.ScalarAsync("SELECT count(*) FROM lockouts");

        var known = await Host.FailAsync(email, 7);
        var unknown = (await Host.FailAsync(nobody, 4)).Concat(await Host.FailAsync(nobody.ToUpperInvariant(), 3));

        unknown.Select(Attempts.Looks).ShouldBe(known.Select(Attempts.Looks));
        (await Host.ScalarAsync("SELECT count(*) FROM lockouts")).ShouldBe((long)before! + 2);
        (await Host.ScalarAsync("SELECT count(*) FROM host_changes WHERE action = 'account_locked' AND fields ->> 'email' IN ($1, $2)", email, nobody.ToUpperInvariant())).ShouldBe(2L);
    }

    [Fact]
    public async Task A_right_password_takes_the_count_back()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        for (var i = 0; i < 2; i++)
        {
            await Host.FailAsync(email, 4);
            (await Host.OpensAsync(email, password)).ShouldBeTrue();
        }

        (await Host.CountAsync(email)).ShouldBe(0);
    }

    [Fact]
    public async Task A_lock_opens_by_itself_and_is_not_prolonged_by_those_who_go_on_trying()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await Host.FailAsync(email, 5);
        var id = await Host.UserIdAsync(email);
        var until = (DateTime)(await Host.ScalarAsync("SELECT expires_at FROM lockouts WHERE account_id = $1", id))!;
        until.ShouldBe(DateTime.UtcNow.AddMinutes(15), TimeSpan.FromMinutes(1));

        await Host.FailAsync(email, 3);
        (await Host.ScalarAsync("SELECT expires_at FROM lockouts WHERE account_id = $1", id)).ShouldBe(until);
        (await Host.OpensAsync(email, password)).ShouldBeFalse();

        await Host.ScalarAsync("UPDATE lockouts SET expires_at = clock_timestamp() WHERE account_id = $1", id);
        (await Host.OpensAsync(email, password)).ShouldBeTrue();
    }

    [Fact]
    public async Task Wrong_passwords_are_forgotten_in_time_and_their_rows_removed()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var other = $"{Guid.NewGuid():N}@people.example";
        await Host.FailAsync(email, 4);
        await Host.ScalarAsync("UPDATE lockouts SET expires_at = clock_timestamp() - interval '1 second' WHERE account_id = $1", await Host.UserIdAsync(email));

        await Host.FailAsync(email, 4);
        (await Host.CountAsync(email)).ShouldBe(4);
        (await Host.OpensAsync(email, password)).ShouldBeTrue();

        await Host.FailAsync(email, 1);
        await Host.ScalarAsync("UPDATE lockouts SET expires_at = clock_timestamp() - interval '1 second' WHERE account_id = $1", await Host.UserIdAsync(email));
        await Host.FailAsync(other, 1);
        (await Host.ScalarAsync("SELECT count(*) FROM lockouts WHERE account_id = $1", await Host.UserIdAsync(email))).ShouldBe(0L);
    }

    [Fact]
    public async Task Of_a_hundred_guesses_at_once_on_two_nodes_five_are_checked()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var counted = new List<CountedPasswords>();
        void Count(IServiceCollection services)
        {
            var real = services.Last(s => s.ServiceType == typeof(IPasswords)).ImplementationType!;
            services.AddSingleton<IPasswords>(provider =>
            {
                counted.Add(new CountedPasswords((IPasswords)ActivatorUtilities.CreateInstance(provider, real)));
                return counted[^1];
            });
        }

        await using var a = await Host.StartNodeAsync(Count, ("Lockout:Delays:0", "00:00:00"));
        await using var b = await Host.StartNodeAsync(Count, ("Lockout:Delays:0", "00:00:00"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? a : b).TryAsync(email, ApiHost.NewPassword())));

        answers.ShouldAllBe(x => x.Code == "invalid_credentials");
        counted.Count.ShouldBe(2);
        counted.Sum(c => c.Checked).ShouldBe(5);
        (await Host.OpensAsync(email, password)).ShouldBeFalse();
    }

    [Fact]
    public async Task Twenty_who_sign_in_at_once_with_the_right_password_are_all_let_in()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");

        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Host.OpensAsync(email, password)))).ShouldAllBe(opened => opened);
    }

    [Fact]
    public async Task What_was_counted_on_one_node_counts_on_another_and_after_a_restart()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await using (var first = await Host.StartNodeAsync())
            await first.FailAsync(email, 3);
        await Host.FailAsync(email, 1);

        await using var again = await Host.StartNodeAsync(settings: ("Lockout:Delays:0", "00:00:00"));
        await again.FailAsync(email, 1);

        (await again.OpensAsync(email, password)).ShouldBeFalse();
        (await Host.OpensAsync(email, password)).ShouldBeFalse();
    }

    [Fact]
    public async Task One_who_hangs_up_before_the_answer_has_used_up_an_attempt()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await using (var slow = await Host.StartNodeAsync(settings: ("Lockout:Delays:0", "00:00:10")))
        {
            for (var i = 1; i <= 5; i++)
            {
                using var hangUp = new CancellationTokenSource();
                using var client = slow.CreateClient();
                var attempt = client.PostAsync(People.SignInPath, System.Net.Http.Json.JsonContent.Create(new { email, password }), hangUp.Token);
                await Until.ShouldBe(() => Host.CountAsync(email), count => count == i, TimeSpan.FromSeconds(20));
                await hangUp.CancelAsync();
                await Should.ThrowAsync<OperationCanceledException>(() => attempt);
            }
        }

        (await Host.OpensAsync(email, password)).ShouldBeFalse();
        (await Host.ScalarAsync("SELECT count(*) FROM host_changes WHERE action = 'account_locked' AND fields ->> 'email' = $1", email)).ShouldBe(1L);
    }

    [Fact]
    public async Task What_is_not_well_formed_counts_for_nothing()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        for (var i = 0; i < 6; i++)
            (await Host.TryAsync(email, "")).Faults.ShouldBe(["/password required"]);

        (await Host.OpensAsync(email, password)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_right_password_for_a_tenant_of_others_counts_as_a_wrong_one()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        for (var i = 0; i < 5; i++)
            (await Host.CreateClient().SendAsync("POST", People.SignInPath, new { tenant = "beta", email, password })).Code.ShouldBe("invalid_credentials");

        (await Host.OpensAsync(email, password)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_right_password_that_needs_a_tenant_to_be_named_takes_the_count_back()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await Host.CreateAdminAsync("beta", email, password);
        await Host.FailAsync(email, 4);

        (await Host.TryAsync(email, password)).Code.ShouldBe("tenant_required");

        (await Host.CountAsync(email)).ShouldBe(0);
    }

    [Fact]
    public async Task Guessing_within_a_session_locks_that_session_s_questions_and_nothing_else()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var (stolen, own) = (await Host.OpenSessionAsync(new { email, password }), await Host.OpenSessionAsync(new { email, password }));
        async Task<Answer> ChangeEmailAsync(HttpClient client, string offered) =>
            await client.SendAsync("POST", "/api/v1/me/email", new { email = $"{Guid.NewGuid():N}@people.example", password = offered });

        for (var i = 0; i < 5; i++)
            (await ChangeEmailAsync(stolen.Client, ApiHost.NewPassword())).Faults.ShouldBe(["/password wrong_password"]);

        (await ChangeEmailAsync(stolen.Client, password)).Faults.ShouldBe(["/password wrong_password"]);
        (await stolen.Client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = ApiHost.NewPassword() })).Faults.ShouldBe(["/currentPassword wrong_password"]);
        (await ChangeEmailAsync(own.Client, password)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await Host.OpensAsync(email, password)).ShouldBeTrue();
        (await Host.ScalarAsync("SELECT count(*) FROM changes WHERE action = 'password_refused' AND fields ->> 'email' = $1", email)).ShouldBe(7L);
        (await Host.ScalarAsync("SELECT fields ->> 'device' FROM changes WHERE action = 'account_locked' AND fields ->> 'email' = $1", email)).ShouldBe(stolen.SessionId.ToString());
    }

    [Fact]
    public async Task Nothing_is_told_of_earlier_passwords_to_one_who_does_not_know_the_present_one()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var client = await Host.SignInAsync(new { email, password });

        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = ApiHost.NewPassword(), newPassword = password })).Faults.ShouldBe(["/currentPassword wrong_password"]);
        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = "", newPassword = password })).Faults.ShouldBe(["/currentPassword required"]);
        (await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = password })).Faults.ShouldBe(["/newPassword password_reused"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_proves_a_password_without_an_account(bool isUser)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test") with { UserId = isUser ? Guid.NewGuid() : null });
        var acme = await scope.ServiceProvider.GetRequiredService<IMultiTenantStore>().GetAsync(fixture.Acme.Id, TestContext.Current.CancellationToken);
        using var within = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(acme!);

        (await Should.ThrowAsync<UnauthenticatedException>(() => scope.ServiceProvider.GetRequiredService<IMediator>().Send(new RequestEmailChange("new@people.example", ApiHost.NewPassword()))))
            .Code.ShouldBe("membership_ended");
        (await Host.ScalarAsync("SELECT count(*) FROM one_time_links WHERE email = $1", "new@people.example")).ShouldBe(0L);
    }
}
