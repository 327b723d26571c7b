using System.Runtime.Versioning;
using Crm.Application.Identity;
using Crm.Domain.Common;
using Crm.Infrastructure;
using Crm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class SigningKeyFolderTests : IDisposable
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly string _folder = Directory.CreateTempSubdirectory("crm-keys-").FullName;

    private string Keys => Path.Combine(_folder, "signing-keys");

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_first_start_makes_a_key_that_only_its_owner_can_read()
    {
        Source().Load().ShouldHaveSingleItem().Pem.ShouldContain("BEGIN PRIVATE KEY");

        File.GetUnixFileMode(Directory.GetFiles(Keys).ShouldHaveSingleItem()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Later_starts_find_the_same_key() => Source().Load().ShouldBe(Source().Load());

    [Fact]
    public void Keys_are_ordered_by_the_names_of_their_files()
    {
        var first = Source().Load().Single().Pem;
        File.WriteAllText(Path.Combine(Keys, "2026-11-21.pem"), "newer");
        File.WriteAllText(Path.Combine(Keys, "2026-01-01.pem"), "new");

        Source().Load().Select(k => k.Pem).ShouldBe([first, "new", "newer"]);
    }

    [Fact]
    public async Task Nodes_that_start_together_end_with_one_key()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Source().Load().Single())));

        keys.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(Keys).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_new_key_is_kept_beside_the_one_in_use_and_waits_for_its_time()
    {
        var first = Source().Load().Single();
        var rotated = Rotation().Rotate();

        var keys = Source().Load();
        keys.Count.ShouldBe(2);
        keys[0].ShouldBe(first);
        keys[1].SignsFrom.ShouldBe(rotated.SignsFrom);
        (rotated.SignsFrom - _time.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_second_new_key_is_refused_while_the_first_waits_for_its_time()
    {
        Rotation().Rotate();
        Should.Throw<CannotRunException>(() => Rotation().Rotate()).Code.ShouldBe("signing_key_waiting");

        _time.Advance(TimeSpan.FromMinutes(11));
        Rotation().Rotate();
        Source().Load().Count.ShouldBe(3);
    }

    [Fact]
    public void A_key_is_removed_by_the_rotation_after_the_one_that_all_its_tokens_have_outlived_and_not_before()
    {
        var first = Source().Load().Single();
        Rotation().Rotate();
        _time.Advance(TimeSpan.FromMinutes(11) + TimeSpan.FromHours(23));
        Rotation().Rotate().Removed.ShouldBe(0);
        Source().Load().ShouldContain(first);

        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(11));
        Rotation().Rotate().Removed.ShouldBe(1);
        Source().Load().ShouldNotContain(first);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_new_key_can_be_read_by_its_owner_alone()
    {
        Rotation().Rotate();

        Directory.GetFiles(Keys).ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_folder_of_something_else_is_refused()
    {
        Directory.CreateDirectory(Keys);
        for (var i = 0; i < 33; i++)
            File.WriteAllText(Path.Combine(Keys, $"{i}.pem"), "anything");

        Should.Throw<CannotRunException>(() => Source().Load()).Code.ShouldBe("too_many_signing_keys");
        Should.Throw<CannotRunException>(() => Rotation().Rotate()).Code.ShouldBe("too_many_signing_keys");
    }

    [Fact]
    public void A_full_folder_takes_no_further_key()
    {
        Directory.CreateDirectory(Keys);
        for (var i = 0; i < 32; i++)
            File.WriteAllText(Path.Combine(Keys, $"{i}.pem"), "anything");

        Should.Throw<CannotRunException>(() => Rotation().Rotate()).Code.ShouldBe("too_many_signing_keys");
        Source().Load().Count.ShouldBe(32);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ISigningKeySource Source() => Services().GetRequiredService<ISigningKeySource>();

    private ISigningKeyRotation Rotation() => Services().GetRequiredService<ISigningKeyRotation>();

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("AccessTokens:KeyFolder", (string?)Keys)]).Build());
        services.AddSingleton<TimeProvider>(_time);
        services.AddFeatures("Identity");
        return services.BuildServiceProvider();
    }
}
