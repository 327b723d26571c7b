using System.Security.Cryptography;
using Crm.Application.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Keeps signing keys as PEM files in a folder that only the service can read. A name that begins with a time, as
/// <c>20261121T123000Z-….pem</c>, says when its
/// key begins to sign; it lies in the future when the file is written, so that no node signs with a key before the others can have read it.
/// Other names sign at once.
/// </summary>
[Singleton]
internal sealed class SigningKeyFolder(IOptions<AccessTokenOptions> options, IConfiguration configuration, TimeProvider time)
    : ISigningKeySource, ISigningKeyRotation
{
    // The first in any order of dates, so that every key put in later is newer.
    private const string FirstFile = "0000-first.pem";

    // A folder that was mistaken for this one is better refused than read.
    private const int MostFiles = 32;

    private readonly string _folder = options.Value.KeyFolder ?? Path.Combine(CrmHome.Of(configuration), "signing-keys");

    public IReadOnlyList<StoredKey> Load() =>
        [.. Files().Select(file => new StoredKey(File.ReadAllText(file), KeyFileNames.UsedFrom(file)))];

    public RotatedKey Rotate()
    {
        var now = time.GetUtcNow();
        var files = Files();
        if (files.Any(file => KeyFileNames.UsedFrom(file) > now))
            throw SigningKeyErrors.KeyWaiting(_folder);

        var retired = SigningKeyRing.Retired([.. files.Select(KeyFileNames.UsedFrom)], now);
        if (files.Length - retired >= MostFiles)
            throw SigningKeyErrors.TooManyKeys(_folder, MostFiles);

        var signsFrom = KeyFileNames.NextTime(now + options.Value.KeyActivationDelay);
        var name = KeyFileNames.Create(signsFrom, ".pem");
        var key = SigningKey.FromPem(Write(name));
        foreach (var file in files.Take(retired))
            File.Delete(file);
        return new RotatedKey(key.Public.Id, name, signsFrom, retired);
    }

    private string[] Files()
    {
        PrivateFiles.CreateFolder(_folder);
        var files = Find();
        if (files.Length == 0)
        {
            Write(FirstFile);
            files = Find();
        }

        return files.Length <= MostFiles ? files : throw SigningKeyErrors.TooManyKeys(_folder, MostFiles);
    }

    private string[] Find() => [.. Directory.GetFiles(_folder, "*.pem").Order(StringComparer.Ordinal)];

    private string Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();

        // Nodes that start together on one folder must end with one key: the first one to write wins.
        PrivateFiles.TryWrite(Path.Combine(_folder, name), pem);
        return pem;
    }
}
