using Crm.Domain.Common;
using Crm.Infrastructure;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Embedded;

public sealed class SecretsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crm-secrets-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_made_once_however_many_ask_for_it()
    {
        var made = 0;
        var secrets = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SecretsFile.In(_folder).GetOrCreateAsync("one", () =>
        {
            Interlocked.Increment(ref made);
            return SecretsFile.NewPassword();
        }, Cancellation))));

        made.ShouldBe(1);
        secrets.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task One_who_waits_for_another_process_holds_no_thread_and_can_be_called_off()
    {
        using var held = new FileStream(Path.Combine(_folder, "secrets.json.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var stop = new CancellationTokenSource();

        var waiting = SecretsFile.In(_folder).GetOrCreateAsync("one", SecretsFile.NewPassword, stop.Token);
        waiting.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Only_the_account_itself_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
            return;

        var file = SecretsFile.In(_folder);
        await file.GetOrCreateAsync("one", SecretsFile.RandomBase64, Cancellation);
        await file.GetOrCreateAsync("two", SecretsFile.RandomBase64, Cancellation);

        File.GetUnixFileMode(file.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_new_secret_keeps_the_others()
    {
        var one = await SecretsFile.In(_folder).GetOrCreateAsync("one", SecretsFile.RandomBase64, Cancellation);
        await SecretsFile.In(_folder).GetOrCreateAsync("two", SecretsFile.RandomBase64, Cancellation);

        SecretsFile.In(_folder).Find("one").ShouldBe(one);
        SecretsFile.In(_folder).Find("three").ShouldBeNull();
    }

    [Fact]
    public async Task A_broken_file_is_refused_and_not_overwritten()
    {
        var path = Path.Combine(_folder, "secrets.json");
        File.WriteAllText(path, "{ \"one\": ");

        (await Should.ThrowAsync<CannotRunException>(() => SecretsFile.In(_folder).GetOrCreateAsync("one", SecretsFile.RandomBase64, Cancellation))).Code.ShouldBe("secrets_broken");
        File.ReadAllText(path).ShouldBe("{ \"one\": ");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
