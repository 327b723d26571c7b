using System.Net;
using Crm.Api.Tests.Roles;
using Crm.Application.Authorization;
using Crm.Application.Identity.Lockout;
using Crm.Domain.Common;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity.Lockout;

public sealed class UnlockTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_admin_sees_a_locked_account_and_unlocks_it_for_all_devices()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var device = Attempts.DeviceOf(await Host.TryAsync(email, password));
        var id = await Host.UserIdAsync(email);
        (await SeeAsync(id)).Text.ShouldBe("""{"locked":false,"until":null}""");
        await Host.FailAsync(email, 3, device);
        (await SeeAsync(id)).Text.ShouldBe("""{"locked":false,"until":null}""");
        await Host.FailAsync(email, 2, device);
        await Host.FailAsync(email, 7);

        var seen = (await SeeAsync(id)).Body!;
        seen["locked"]!.GetValue<bool>().ShouldBeTrue();
        seen["until"]!.GetValue<DateTimeOffset>().UtcDateTime.ShouldBe(DateTime.UtcNow.AddMinutes(15), TimeSpan.FromMinutes(1));
        var unlocked = await UnlockAsync(id.ToString());

        (unlocked.Status, unlocked.Text).ShouldBe((HttpStatusCode.NoContent, ""));
        (await Host.OpensAsync(email, password, device)).ShouldBeTrue();
        (await Host.OpensAsync(email, password)).ShouldBeTrue();
        (await Host.ScalarAsync("SELECT tenant_id FROM changes WHERE action = 'account_unlocked' AND record_id = $1", id)).ShouldBe(fixture.Acme.Id);
    }

    [Fact]
    public async Task A_member_of_another_tenant_and_one_who_was_deactivated_are_answered_as_nobody()
    {
        var (email, _) = await Host.CreatePersonAsync("beta");
        await Host.FailAsync(email, 5);
        var (left, _) = await Host.CreatePersonAsync("acme");
        await Host.ScalarAsync("UPDATE memberships SET active = false WHERE id = $1", await Host.UserIdAsync(left));

        var nobody = Attempts.Looks(await UnlockAsync(Guid.NewGuid().ToString()));
        foreach (var id in new[] { (await Host.UserIdAsync(email)).ToString(), (await Host.UserIdAsync(left)).ToString(), "nonsense" })
        {
            Attempts.Looks(await UnlockAsync(id)).ShouldBe(nobody, id);
            (await fixture.Acme.Client.SendAsync("GET", $"/api/v1/admin/users/{id}/lockout")).Status.ShouldBe(HttpStatusCode.NotFound, id);
        }

        nobody.ShouldStartWith("404");
        (await Host.CountAsync(email)).ShouldBe(5);
    }

    [Fact]
    public async Task One_who_may_not_manage_users_neither_sees_nor_unlocks()
    {
        var member = await Host.AddMemberAsync(fixture.Acme, "member");
        var id = await Host.UserIdAsync(fixture.Acme.Email);

        (await member.SendAsync("GET", $"/api/v1/admin/users/{id}/lockout")).Code.ShouldBe("permission_missing");
        (await member.SendAsync("POST", $"/api/v1/admin/users/{id}/unlock")).Code.ShouldBe("permission_missing");
    }

    [Fact]
    public async Task Nobody_sees_or_unlocks_the_account_of_one_who_may_do_more()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        await Host.FailAsync(email, 5);
        var narrow = await Host.AddWithAsync(fixture.Acme, ["users:write"]);

        (await narrow.Client.SendAsync("GET", $"/api/v1/admin/users/{id}/lockout")).Code.ShouldBe("exceeds_own_access");
        (await narrow.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/unlock")).Code.ShouldBe("exceeds_own_access");

        (await Host.CountAsync(email)).ShouldBe(5);
    }

    [Fact]
    public async Task An_account_is_unlocked_three_times_an_hour_at_most_whichever_of_its_tenants_ask()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        await Host.AddUserAsync(fixture.Beta, email, "Mary Member", "member");
        foreach (var tenant in new[] { fixture.Acme, fixture.Beta, fixture.Acme })
        {
            await Host.FailAsync(email, 5);
            (await tenant.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/unlock")).Status.ShouldBe(HttpStatusCode.NoContent);
        }

        await Host.FailAsync(email, 5);

        foreach (var tenant in new[] { fixture.Acme, fixture.Beta })
        {
            var refused = await tenant.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/unlock");
            (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "unlock_limit_reached"));
        }

        (await Host.CountAsync(email)).ShouldBe(5);
        await Host.ScalarAsync("UPDATE lockouts SET expires_at = now() - interval '1 second' WHERE failures = 4 AND expires_at > now() + interval '16 minutes' AND account_id <> $1", id);
        (await UnlockAsync(id.ToString())).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Host.CountAsync(email)).ShouldBe(0);
    }

    [Fact]
    public async Task An_unlocking_that_opens_nothing_uses_up_none_of_the_three_takes_no_count_back_and_is_not_told()
    {
        var (email, _) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        await Host.FailAsync(email, 4);
        for (var time = 0; time < 4; time++)
            (await UnlockAsync(id.ToString())).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Host.CountAsync(email)).ShouldBe(4);

        await Host.FailAsync(email, 1);
        (await UnlockAsync(id.ToString())).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Host.CountAsync(email)).ShouldBe(0);
        (await Host.ScalarAsync("SELECT count(*) FROM changes WHERE action = 'account_unlocked' AND record_id = $1", id)).ShouldBe(1L);
    }

    [Fact]
    public async Task The_host_s_operator_unlocks_by_address()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        await Host.FailAsync(email, 5);

        await UnlockByAddressAsync(email.ToUpperInvariant());

        (await Host.OpensAsync(email, password)).ShouldBeTrue();
        (await Should.ThrowAsync<NotFoundException>(() => UnlockByAddressAsync("nobody@people.example"))).Message.ShouldBe("There is no such user.");
        (await Should.ThrowAsync<InvalidException>(() => UnlockByAddressAsync("no address"))).Errors[0].Code.ShouldBe("invalid_email");
    }

    [Fact]
    public async Task An_operator_of_the_host_is_unlocked_by_the_command_as_often_as_needed_and_by_no_tenant()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var id = await Host.UserIdAsync(email);
        await Host.ScalarAsync("UPDATE users SET is_host_operator = true WHERE id = $1", id);
        await Host.ScalarAsync("DELETE FROM memberships WHERE id = $1", id);

        for (var time = 1; time <= 4; time++)
        {
            await Host.FailAsync(email, 5);
            (await Host.OpensAsync(email, password)).ShouldBeFalse();
            (await UnlockAsync(id.ToString())).Code.ShouldBe("not_found");
            await UnlockByAddressAsync(email);
            (await Host.OpensAsync(email, password)).ShouldBeTrue();
        }

        (await Host.ScalarAsync("SELECT count(*) FROM host_changes WHERE action = 'account_unlocked' AND subject = $1", $"user:{id}")).ShouldBe(4L);
    }

    private Task<Answer> SeeAsync(Guid id) => fixture.Acme.Client.SendAsync("GET", $"/api/v1/admin/users/{id}/lockout");

    private Task<Answer> UnlockAsync(string id) => fixture.Acme.Client.SendAsync("POST", $"/api/v1/admin/users/{id}/unlock");

    private async Task UnlockByAddressAsync(string email)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new UnlockAccount(email), TestContext.Current.CancellationToken);
    }
}
