using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Identity.Lockout;

/// <summary>Two nodes that share a Redis of their own, and a third that has never heard of it.</summary>
public sealed class NodesWithRedis : IAsyncLifetime
{
    public TestRedis Redis { get; private set; } = null!;

    public ApiHost Alone { get; private set; } = null!;

    public ApiHost A { get; private set; } = null!;

    public ApiHost B { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Redis = await TestRedis.StartAsync();
        Alone = await ApiHost.StartAsync();
        A = await Alone.StartNodeAsync(settings: [Redis.Setting, ("Lockout:Delays:0", "00:00:00")]);
        B = await Alone.StartNodeAsync(settings: [Redis.Setting, ("Lockout:Delays:0", "00:00:00")]);
        Acme = await Alone.CreateTenantAsync("acme");
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
        await Alone.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

public sealed class RedisLockoutTests(NodesWithRedis nodes) : IClassFixture<NodesWithRedis>
{
    [Fact]
    public async Task Failures_on_two_nodes_are_counted_together_and_for_a_quarter_of_an_hour()
    {
        var (email, password) = await nodes.A.CreatePersonAsync("acme");
        await nodes.A.FailAsync(email, 2);
        await nodes.B.FailAsync(email, 3);

        (await nodes.A.OpensAsync(email, password)).ShouldBeFalse();
        (await nodes.B.OpensAsync(email, password)).ShouldBeFalse();
        var left = long.Parse(await nodes.Redis.CommandAsync("PTTL", await KeyAsync(email)), System.Globalization.CultureInfo.InvariantCulture);
        left.ShouldBeInRange(14 * 60_000, 15 * 60_000);
    }

    [Fact]
    public async Task A_node_without_Redis_knows_what_failed_on_one_that_has_it()
    {
        var (email, password) = await nodes.A.CreatePersonAsync("acme");
        await nodes.A.FailAsync(email, 3);
        await nodes.Alone.FailAsync(email, 1);
        await nodes.B.FailAsync(email, 1);

        (await nodes.A.OpensAsync(email, password)).ShouldBeFalse();
        (await nodes.Alone.OpensAsync(email, password)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_success_takes_the_count_back_in_both()
    {
        var (email, password) = await nodes.A.CreatePersonAsync("acme");
        await nodes.A.FailAsync(email, 4);
        (await nodes.A.CountAsync(email)).ShouldBe(4);

        (await nodes.B.OpensAsync(email, password)).ShouldBeTrue();

        (await nodes.A.CountAsync(email)).ShouldBe(0);
        (await nodes.Redis.CommandAsync("EXISTS", await KeyAsync(email))).ShouldBe("0");
    }

    [Fact]
    public async Task An_unlocked_account_is_open_on_every_node()
    {
        var (email, password) = await nodes.A.CreatePersonAsync("acme");
        var device = Attempts.DeviceOf(await nodes.A.TryAsync(email, password));
        await nodes.A.FailAsync(email, 5);
        await nodes.A.FailAsync(email, 5, device);

        var admin = nodes.B.CreateClient().With(nodes.Acme.Token);
        var path = $"/api/v1/admin/users/{await nodes.A.UserIdAsync(email)}";
        (await admin.SendAsync("GET", $"{path}/lockout")).Body!["locked"]!.GetValue<bool>().ShouldBeTrue();
        (await admin.SendAsync("POST", $"{path}/unlock")).Status.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await admin.SendAsync("GET", $"{path}/lockout")).Body!["locked"]!.GetValue<bool>().ShouldBeFalse();

        (await nodes.A.OpensAsync(email, password)).ShouldBeTrue();
        (await nodes.A.OpensAsync(email, password, device)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_failed_is_still_counted_when_Redis_is_killed_and_when_it_comes_back_empty(bool comesBack)
    {
        await using var redis = await TestRedis.StartAsync();
        await using var node = await nodes.Alone.StartNodeAsync(settings: [redis.Setting, ("Lockout:Delays:0", "00:00:00"), ("Redis:RetryAfter", "00:00:00.010")]);
        var (email, password) = await nodes.Alone.CreatePersonAsync("acme");
        var (other, otherPassword) = await nodes.Alone.CreatePersonAsync("acme");
        await node.FailAsync(email, 3);

        await redis.KillAsync();
        if (comesBack)
            await redis.StartAgainAsync();
        await node.FailAsync(email, 2);

        (await node.OpensAsync(email, password)).ShouldBeFalse();
        (await node.OpensAsync(other, otherPassword)).ShouldBeTrue();
    }

    private async Task<string> KeyAsync(string email) => $"h:lockout:{{{await nodes.A.UserIdAsync(email):N}}}:{Guid.Empty:N}";
}
