using Crm.Infrastructure;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Files;

public sealed class PrivateFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_many_who_write_one_file_at_once_the_first_wins_and_nothing_else_stays()
    {
        for (var round = 0; round < 50; round++)
        {
            var path = Path.Combine(_folder.FullName, $"{round}.key");
            using var together = new Barrier(8);
            var seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Factory.StartNew(() =>
            {
                together.SignalAndWait();
                PrivateFiles.TryWrite(path, $"written by {writer}");
                return File.ReadAllText(path);
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            seen.Distinct().ShouldHaveSingleItem().ShouldStartWith("written by ");
        }

        _folder.GetFiles().Length.ShouldBe(50);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told() =>
        Should.Throw<IOException>(() => PrivateFiles.TryWrite(Path.Combine(_folder.FullName, "missing", "x.key"), "x"));
}
