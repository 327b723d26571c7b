using Crm.Application.Identity;
using Crm.Infrastructure.Persistence.Records;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity.Lockout;

public sealed class KnownDeviceTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_stranger_who_locks_an_account_does_not_lock_out_a_known_device()
    {
        var (email, password, device) = await NewPersonAsync();

        var strangers = await Host.FailAsync(email, 6);

        (await Host.OpensAsync(email, password)).ShouldBeFalse();
        var known = await Host.TryAsync(email, ApiHost.NewPassword(), device);
        Attempts.Looks(known).ShouldBe(Attempts.Looks(strangers[^1]));
        (await Host.OpensAsync(email, password, device)).ShouldBeTrue();
        (await Host.OpensAsync(email, password)).ShouldBeFalse("a known device does not take back what strangers have tried");
    }

    [Fact]
    public async Task A_known_device_that_is_guessed_on_is_locked_alone()
    {
        var (email, password, device) = await NewPersonAsync();
        var other = Attempts.DeviceOf(await Host.TryAsync(email, password));

        await Host.FailAsync(email, 5, device);

        (await Host.OpensAsync(email, password, device)).ShouldBeFalse();
        (await Host.OpensAsync(email, password, other)).ShouldBeTrue();
        (await Host.OpensAsync(email, password)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_device_shows_is_good_for_its_user_alone_unaltered_and_for_half_a_year()
    {
        var (email, password, device) = await NewPersonAsync();
        var (_, _, foreign) = await NewPersonAsync();
        await Host.FailAsync(email, 5);
        var user = (await Host.Services.GetRequiredService<IUserDirectory>().FindByEmailAsync(email, TestContext.Current.CancellationToken))!;
        var devices = Host.Services.GetRequiredService<IKnownDevices>().GetType();
        string Issued(TimeSpan ago, byte[]? key = null) => ((IKnownDevices)ActivatorUtilities.CreateInstance(
            Host.Services, devices, Options.Create(new CursorOptions { Key = key ?? Host.Services.GetRequiredService<IOptions<CursorOptions>>().Value.Key }),
            new ManualTime(TimeProvider.System.GetUtcNow() - ago))).Remember(user);

        foreach (var shown in new[] { foreign, device[..^4], (device[0] == 'A' ? "B" : "A") + device[1..], "nonsense", "a.b!", Issued(TimeSpan.FromDays(181)), Issued(TimeSpan.Zero, new byte[32]) })
            (await Host.OpensAsync(email, password, shown)).ShouldBeFalse(shown);
        (await Host.OpensAsync(email, password, Issued(TimeSpan.FromDays(179)))).ShouldBeTrue();
        (await Host.OpensAsync(email, password, device)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_new_password_makes_all_devices_unknown_but_the_one_it_was_chosen_on()
    {
        var (email, password, device) = await NewPersonAsync();
        var next = ApiHost.NewPassword();
        var client = await Host.SignInAsync(new { email, password });
        var changed = await client.SendAsync("POST", "/api/v1/me/password", new { currentPassword = password, newPassword = next });

        await Host.FailAsync(email, 5);

        (await Host.OpensAsync(email, next, device)).ShouldBeFalse();
        (await Host.OpensAsync(email, next, Attempts.DeviceOf(changed))).ShouldBeTrue();
    }

    [Fact]
    public async Task The_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        var cookie = (await Host.TryAsync(email, password)).Headers["Set-Cookie"].Split("; ");
        cookie[0].ShouldStartWith("__Host-");
        cookie[1..].ShouldBe(["max-age=15552000", "path=/", "samesite=strict", "httponly", "secure"], ignoreOrder: true);
        (await Host.TryAsync(email, ApiHost.NewPassword())).Headers.Keys.ShouldNotContain("Set-Cookie");
    }

    private async Task<(string Email, string Password, string Device)> NewPersonAsync()
    {
        var (email, password) = await Host.CreatePersonAsync("acme");
        return (email, password, Attempts.DeviceOf(await Host.TryAsync(email, password)));
    }
}
