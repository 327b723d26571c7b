using System.Runtime.Versioning;
using Crm.Application.Identity;
using Crm.Infrastructure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class SigningKeyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crm-keys-").FullName;

    private string Keys => Path.Combine(_folder, "signing-keys");

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_first_start_makes_a_key_that_only_its_owner_can_read()
    {
        Source().Load().ShouldHaveSingleItem().ShouldContain("BEGIN PRIVATE KEY");

        File.GetUnixFileMode(Directory.GetFiles(Keys).ShouldHaveSingleItem()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Later_starts_find_the_same_key() => Source().Load().ShouldBe(Source().Load());

    [Fact]
    public void Keys_are_ordered_by_the_names_of_their_files()
    {
        var first = Source().Load().Single();
        File.WriteAllText(Path.Combine(Keys, "2026-11-21.pem"), "newer");
        File.WriteAllText(Path.Combine(Keys, "2026-01-01.pem"), "new");

        Source().Load().ShouldBe([first, "new", "newer"]);
    }

    [Fact]
    public async Task Nodes_that_start_together_end_with_one_key()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Source().Load().Single())));

        keys.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(Keys).ShouldHaveSingleItem();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ISigningKeySource Source()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("AccessTokens:KeyFolder", (string?)Keys)]).Build());
        services.AddIdentity();
        return services.BuildServiceProvider().GetRequiredService<ISigningKeySource>();
    }
}
