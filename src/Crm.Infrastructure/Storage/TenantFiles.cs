using Crm.Application.MultiTenancy;
using Crm.Application.Storage;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Storage;

/// <summary>Files in a folder of the tenant's own, <c>{folder}/t/{tenant}/</c>, that only the system's account may read.</summary>
[Singleton]
internal sealed class TenantFiles(IOptions<StorageOptions> options, IMultiTenantContextAccessor tenants) : ITenantFiles
{
    private const int BufferSize = 64 * 1024;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    public async Task WriteAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        MakeFolder(Path.GetDirectoryName(path)!);

        // Written beside and renamed, so that a file that is there is there as a whole.
        var fresh = path + ".part";
        try
        {
            var settings = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferSize, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
                settings.UnixCreateMode = OwnFile;
            await using (var file = new FileStream(fresh, settings))
            {
                await content.CopyToAsync(file, BufferSize, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }

    public Stream? OpenRead(string name)
    {
        try
        {
            return new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Delete(string name)
    {
        var path = PathOf(name);
        if (Directory.Exists(Path.GetDirectoryName(path)))
            File.Delete(path);
    }

    public void DeleteAll()
    {
        var folder = FolderOf();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    public long Measure()
    {
        var folder = new DirectoryInfo(FolderOf());
        return folder.Exists ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;
    }

    private string FolderOf()
    {
        var tenant = tenants.MultiTenantContext.TenantInfo ?? throw new InvalidOperationException("There is no tenant.");
        return Path.Combine(Path.GetFullPath(options.Value.Folder!), "t", tenant.Id);
    }

    private string PathOf(string name)
    {
        // Names are made by the system; this holds even where one is not.
        if (name.Split('/').Any(segment => segment.Length == 0 || segment[0] == '.' || !segment.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')))
            throw new ArgumentException("The name of a file is a relative path of lower-case segments.", nameof(name));
        return Path.Combine([FolderOf(), .. name.Split('/')]);
    }

    private static void MakeFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;

        // One by one: the mode given counts for the last folder alone.
        MakeFolder(Path.GetDirectoryName(folder)!);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnFolder);
    }
}
