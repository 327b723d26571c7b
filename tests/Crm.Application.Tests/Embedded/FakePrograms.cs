namespace Crm.Application.Tests.Embedded;

/// <summary>A folder of programs that only pretend to be PostgreSQL.</summary>
internal sealed class FakePrograms : IDisposable
{
    private FakePrograms(string folder) => Folder = folder;

    public string Folder { get; }

    public static FakePrograms Make(string version, string initdb, string pgCtl = "exit 1")
    {
        var folder = Directory.CreateTempSubdirectory("crm-fake-").FullName;
        const UnixFileMode forAll = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, forAll | UnixFileMode.UserWrite);
        foreach (var (program, script) in new[] { ("postgres", $"echo 'postgres (PostgreSQL) {version}'"), ("initdb", initdb), ("pg_ctl", pgCtl) })
        {
            var path = Path.Combine(folder, program);
            File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, forAll);
        }

        return new FakePrograms(folder);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
