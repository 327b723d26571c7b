using System.Security.Cryptography;
using Crm.Application.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Keeps signing keys as PEM files in a folder that only the service can read. To rotate, put a newer file in; take an old one out once every
/// token it signed has expired.
/// </summary>
internal sealed class SigningKeyFolder(IOptions<AccessTokenOptions> options, IConfiguration configuration) : ISigningKeySource
{
    // The first in any order of dates, so that every key put in later is newer.
    private const string FirstFile = "0000-first.pem";

    // A folder that was mistaken for this one is better refused than read.
    private const int MostFiles = 32;

    private readonly string _folder = options.Value.KeyFolder ?? Path.Combine(CrmHome.Of(configuration), "signing-keys");

    public IReadOnlyList<string> Load()
    {
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        else
            Directory.CreateDirectory(_folder);

        var files = Files();
        if (files.Length == 0)
        {
            CreateFirst();
            files = Files();
        }

        if (files.Length > MostFiles)
            throw new InvalidOperationException($"The folder of signing keys holds more than {MostFiles} files.");
        return [.. files.Select(File.ReadAllText)];
    }

    private string[] Files() => [.. Directory.GetFiles(_folder, "*.pem").Order(StringComparer.Ordinal)];

    private void CreateFirst()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var draft = Path.Combine(_folder, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, options))
            writer.Write(key.ExportPkcs8PrivateKeyPem());

        // Nodes that start together on one folder must end with one key: whoever moves first wins, and nobody reads half a file.
        try
        {
            File.Move(draft, Path.Combine(_folder, FirstFile), overwrite: false);
        }
        catch (IOException) when (File.Exists(Path.Combine(_folder, FirstFile)))
        {
            File.Delete(draft);
        }
    }
}
