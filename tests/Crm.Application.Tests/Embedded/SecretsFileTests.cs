using Crm.Domain.Common;
using Crm.Infrastructure.Embedded;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Embedded;

public sealed class SecretsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crm-secrets-").FullName;

    [Fact]
    public void A_secret_is_made_once_however_many_ask_for_it()
    {
        var made = 0;
        var secrets = new string[16];
        Parallel.For(0, secrets.Length, i => secrets[i] = SecretsFile.In(_folder).GetOrCreate("one", () =>
        {
            Interlocked.Increment(ref made);
            return SecretsFile.NewPassword();
        }));

        made.ShouldBe(1);
        secrets.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Only_the_account_itself_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
            return;

        var file = SecretsFile.In(_folder);
        file.GetOrCreate("one", SecretsFile.RandomBase64);
        file.GetOrCreate("two", SecretsFile.RandomBase64);

        File.GetUnixFileMode(file.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_new_secret_keeps_the_others()
    {
        var one = SecretsFile.In(_folder).GetOrCreate("one", SecretsFile.RandomBase64);
        SecretsFile.In(_folder).GetOrCreate("two", SecretsFile.RandomBase64);

        SecretsFile.In(_folder).Find("one").ShouldBe(one);
        SecretsFile.In(_folder).Find("three").ShouldBeNull();
    }

    [Fact]
    public void A_broken_file_is_refused_and_not_overwritten()
    {
        var path = Path.Combine(_folder, "secrets.json");
        File.WriteAllText(path, "{ \"one\": ");

        Should.Throw<CannotRunException>(() => SecretsFile.In(_folder).GetOrCreate("one", SecretsFile.RandomBase64)).Code.ShouldBe("secrets_broken");
        File.ReadAllText(path).ShouldBe("{ \"one\": ");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
