using System.Security.Cryptography;
using System.Text;
using Crm.Application.ApiKeys;
using Crm.Domain.Common;
using Crm.Infrastructure;
using Crm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.ApiKeys;

public sealed class PepperTests : IDisposable
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly string _home = Directory.CreateTempSubdirectory("crm-peppers-").FullName;

    private string Folder => Path.Combine(_home, "api-key-peppers");

    [Fact]
    public void The_first_start_makes_a_pepper_that_only_its_owner_can_read()
    {
        Node().Mint.Mint();

        var file = Directory.GetFiles(Folder).ShouldHaveSingleItem();
        Convert.FromBase64String(File.ReadAllText(file)).Length.ShouldBe(32);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Nodes_that_start_together_end_with_one_pepper() =>
        (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Node().Mint.Mint().PepperId)))).Distinct().ShouldHaveSingleItem();

    [Fact]
    public void What_is_kept_of_a_secret_is_its_HMAC_under_the_pepper()
    {
        var secret = Node().Mint.Mint();

        var pepper = Convert.FromBase64String(File.ReadAllText(Directory.GetFiles(Folder).Single()));
        secret.Hash.ShouldBe(HMACSHA256.HashData(pepper, Encoding.ASCII.GetBytes(secret.Text)));
        secret.PepperId.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(pepper))[..16]);
        secret.ToString().ShouldNotContain(secret.Text);
    }

    [Fact]
    public void A_new_pepper_is_used_by_every_node_when_its_time_has_come_and_not_before()
    {
        var (a, b) = (Node(), Node());
        var first = a.Mint.Mint().PepperId;
        b.Mint.Mint().PepperId.ShouldBe(first);

        var rotated = a.Rotation.Rotate();

        rotated.Id.ShouldNotBe(first);
        _time.Advance(TimeSpan.FromSeconds(59));
        (a.Mint.Mint().PepperId, b.Mint.Mint().PepperId).ShouldBe((first, first));
        _time.Advance(rotated.UsedFrom - _time.GetUtcNow());
        (a.Mint.Mint().PepperId, b.Mint.Mint().PepperId).ShouldBe((rotated.Id, rotated.Id));
    }

    [Fact]
    public void When_no_pepper_s_time_has_come_the_oldest_is_used()
    {
        var rotated = Node().Rotation.Rotate();
        File.Delete(Path.Combine(Folder, "0000-first.pepper"));

        Node().Mint.Mint().PepperId.ShouldBe(rotated.Id);
    }

    [Fact]
    public void There_are_eight_peppers_at_most()
    {
        for (var i = 0; i < 7; i++)
            Node().Rotation.Rotate();

        Should.Throw<CannotRunException>(() => Node().Rotation.Rotate()).Code.ShouldBe("too_many_peppers");
        File.Copy(Path.Combine(Folder, "0000-first.pepper"), Path.Combine(Folder, "more.pepper"));
        Should.Throw<CannotRunException>(() => Node().Mint.Mint()).Code.ShouldBe("too_many_peppers");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public void A_broken_pepper_is_refused_at_first_and_passed_over_while_there_are_others_at_hand(string content)
    {
        var node = Node();
        var first = node.Mint.Mint().PepperId;
        File.WriteAllText(Path.Combine(Folder, "broken.pepper"), content);

        Should.Throw<CannotRunException>(() => Node().Mint.Mint()).Code.ShouldBe("broken_pepper");
        _time.Advance(TimeSpan.FromMinutes(1));
        node.Mint.Mint().PepperId.ShouldBe(first);
    }

    [Fact]
    public void The_folder_can_be_configured()
    {
        var folder = Path.Combine(_home, "elsewhere");

        Node(folder).Mint.Mint();

        Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private (IApiKeyMint Mint, IPepperRotation Rotation) Node(string? folder = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("CRM_HOME", _home), new("ApiKeys:PepperFolder", folder)]).Build())
            .AddSingleton<TimeProvider>(_time)
            .AddFeatures("ApiKeys").BuildServiceProvider();
        return (services.GetRequiredService<IApiKeyMint>(), services.GetRequiredService<IPepperRotation>());
    }
}
