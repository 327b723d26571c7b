using System.Runtime.InteropServices;
using System.Text;

namespace Crm.Infrastructure;

/// <summary>Files that only the service's own account can read.</summary>
internal static class PrivateFiles
{
    /// <summary>Makes a folder, unless it is there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file, unless there is one: of several who write at once the first wins. Nobody reads half of it.</summary>
    public static void TryWrite(string path, string text)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));

            // A key must not be lost with the power after something was signed or encrypted with it.
            stream.Flush(flushToDisk: true);
        }

        // A move looks whether there is a file and then renames, between which another node may have written its own; a link is made or
        // not.
        if (OperatingSystem.IsWindows())
            MoveUnlessThere(draft, path);
        else if (Link(draft, path) != 0 && !File.Exists(path))
            throw new IOException($"{path} cannot be written.");
        File.Delete(draft);
    }

    private static void MoveUnlessThere(string draft, string path)
    {
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another was first.
        }
    }

    [DllImport("libc", EntryPoint = "link", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
