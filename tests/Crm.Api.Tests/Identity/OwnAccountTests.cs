using System.Net;
using Crm.Api.Tests.ApiKeys;
using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Domain.ApiKeys;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>What is asked for by somebody other than over HTTP, by the command line or a job.</summary>
public sealed class OwnAccountTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private static readonly CallerIdentity System = CallerIdentity.System("test");

    private static readonly CallerIdentity Nobody = new(ActorTypes.User, Guid.NewGuid(), IsHostOperator: false, Role: null, new HashSet<string>(), "test");

    [Fact]
    public async Task The_system_has_no_account_of_its_own()
    {
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new SignOut()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new SignOutEverywhere()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new ListSessions()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new RevokeSession(Guid.NewGuid())));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new GetCsrfToken()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new GetMe()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new EstimateOwnPassword("anything")));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(System, new ChangePassword(CurrentPassword: "", ApiHost.NewPassword())));
    }

    [Fact]
    public async Task The_system_makes_no_API_keys_and_no_new_secrets_for_those_of_others()
    {
        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new CreateApiKey("Export", ["deals:read"], null, null)))).Code.ShouldBe(ApiKeyErrors.SessionRequired().Code);

        var key = await fixture.Acme.Client.CreateKeyAsync();
        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new RotateApiKey(key.Id, OverlapHours: null, ExpectedVersion: null)))).Code.ShouldBe(ApiKeyErrors.NotOwn().Code);
    }

    [Fact]
    public async Task A_session_of_a_device_not_known_goes_on_and_is_listed_without_agent_address_and_place()
    {
        var (email, _) = await fixture.Host.CreatePersonAsync("acme");
        await using var scope = fixture.Host.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<IUserDirectory>().FindByEmailAsync(email, TestContext.Current.CancellationToken);
        var opened = await scope.ServiceProvider.GetRequiredService<ISessions>().OpenAsync(user!, fixture.Acme.Id, TestContext.Current.CancellationToken);
        (await SendAsync(System, new RefreshSession(opened!.RefreshToken))).Tenant!.Id.ShouldBe(fixture.Acme.Id);

        var session = (await SendAsync(Nobody with { UserId = user!.Id }, new ListSessions())).Data.ShouldHaveSingleItem();

        session.Id.ShouldBe(opened.Id);
        (session.UserAgent, session.IpAddress, session.Place, session.Current).ShouldBe((null, null, null, false));
    }

    [Fact]
    public async Task An_invitation_that_changed_meanwhile_is_not_sent_again()
    {
        var invitation = await SendAsync(System, new InviteUser($"{Guid.NewGuid():N}@people.example", "Mary Member", "member"));

        await Should.ThrowAsync<StaleVersionException>(() => SendAsync(System, new ResendInvitation(invitation.Id, invitation.Version + 1)));
        (await Should.ThrowAsync<ConflictException>(() => SendAsync(System, new ResendInvitation(invitation.Id, invitation.Version)))).Code.ShouldBe("mailed_too_often", "the version is right");
    }

    [Fact]
    public async Task Whoever_came_without_a_session_cannot_leave_it()
    {
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(Nobody, new SignOut()));
        await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(Nobody, new GetCsrfToken()));
    }

    [Fact]
    public async Task A_user_who_is_gone_is_told_nothing() => await Should.ThrowAsync<UnauthenticatedException>(() => SendAsync(Nobody, new GetMe()));

    [Fact]
    public async Task An_admin_is_not_made_over_an_account_that_is_there_unless_that_is_said()
    {
        var (email, _) = await fixture.Host.CreatePersonAsync("acme");

        var again = await Should.ThrowAsync<CrmException>(() => SendAsync(System, new CreateAdmin("acme", email, "Adam Admin", ApiHost.NewPassword(), ResetPassword: false)));
        again.Code.ShouldBe(IdentityErrors.AccountExists().Code);
    }

    [Fact]
    public async Task An_admin_is_made_in_a_tenant_that_exists_and_with_a_password()
    {
        var email = $"{Guid.NewGuid():N}@people.example";

        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new CreateAdmin("nowhere", email, "Adam Admin", ApiHost.NewPassword(), ResetPassword: false)))).Message.ShouldNotBeEmpty();
        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new CreateAdmin("acme", email, "Adam Admin", null, ResetPassword: false)))).Code.ShouldBe(IdentityErrors.PasswordNeeded().Code);
        await Should.ThrowAsync<InvalidException>(() => SendAsync(System, new CreateAdmin("acme", null!, null!, ApiHost.NewPassword(), ResetPassword: false)));
    }

    [Fact]
    public async Task An_admin_s_password_may_hold_part_of_the_tenant_s_id_but_not_its_short_name_however_the_tenant_is_named()
    {
        var (id, email) = (fixture.Acme.Id.ToString(), $"{Guid.NewGuid():N}@people.example");

        foreach (var named in new[] { id, "acme" })
        {
            (await Should.ThrowAsync<InvalidException>(() => SendAsync(System, new CreateAdmin(named, email, "Adam Admin", ApiHost.NewPassword() + "-acme", ResetPassword: false))))
                .Errors.ShouldHaveSingleItem().Code.ShouldBe("password_contains_tenant");
        }

        (await SendAsync(System, new CreateAdmin(id, email, "Adam Admin", ApiHost.NewPassword() + id[..8], ResetPassword: false))).Email.ShouldBe(email);
    }

    [Fact]
    public async Task An_admin_without_a_password_yet_is_not_made_without_one()
    {
        var email = $"{Guid.NewGuid():N}@people.example";
        await fixture.Host.AddUserAsync(fixture.Acme, email, "Mary Member", "member");

        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new CreateAdmin("acme", email, "Mary Member", null, ResetPassword: false)))).Code.ShouldBe(IdentityErrors.PasswordNeeded().Code);
        await SendAsync(System, new CreateAdmin("acme", email, "Mary Member", ApiHost.NewPassword(), ResetPassword: false));
    }

    [Fact]
    public async Task Nobody_is_made_a_member_twice()
    {
        var email = $"{Guid.NewGuid():N}@people.example";
        await fixture.Host.AddUserAsync(fixture.Acme, email, "Mary Member", "member");

        (await Should.ThrowAsync<CrmException>(() => fixture.Host.AddUserAsync(fixture.Acme, email, "Mary Member", "member"))).Code.ShouldBe(IdentityErrors.AlreadyMember().Code);
    }

    [Fact]
    public async Task A_link_that_is_missing_is_as_good_as_a_wrong_one()
    {
        var password = ApiHost.NewPassword();

        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new AcceptInvitation(null!, "Mary Member", password)))).Code.ShouldBe(IdentityErrors.InvalidLink().Code);
        (await Should.ThrowAsync<CrmException>(() => SendAsync(System, new ResetPassword(null!, password)))).Code.ShouldBe(IdentityErrors.InvalidLink().Code);
    }

    [Fact]
    public void An_address_of_the_old_kind_in_new_clothes_is_told_as_it_is()
    {
        using var scope = fixture.Host.Services.CreateScope();
        var (setter, caller) = (scope.ServiceProvider.GetRequiredService<ICallerSetter>(), scope.ServiceProvider.GetRequiredService<ICaller>());

        caller.Address.ShouldBeNull();
        setter.ComesFrom(IPAddress.Parse("::ffff:192.0.2.1"), "test");
        caller.Address.ShouldBe(IPAddress.Parse("192.0.2.1"));
        setter.ComesFrom(IPAddress.Parse("2001:db8::1"), "test");
        caller.Address.ShouldBe(IPAddress.Parse("2001:db8::1"));
    }

    private async Task<T> SendAsync<T>(CallerIdentity caller, IRequest<T> request)
    {
        await using var scope = fixture.Host.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ICallerSetter>().Set(caller);
        var acme = await services.GetRequiredService<IMultiTenantStore>().GetAsync(fixture.Acme.Id, CancellationToken.None);
        using (services.GetRequiredService<ITenantScope>().Use(acme!))
            return await services.GetRequiredService<IMediator>().Send(request, TestContext.Current.CancellationToken);
    }
}
