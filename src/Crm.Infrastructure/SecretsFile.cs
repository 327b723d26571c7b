using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Infrastructure;

/// <summary>
/// The secrets the system makes for itself when none are configured, in a JSON file that only its account may read (mode 0600).
/// Safe to use from several threads and several processes.
/// </summary>
public sealed class SecretsFile(string path)
{
    private const string FileName = "secrets.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>The file's full path.</summary>
    public string Path { get; } = path;

    /// <summary>The secrets of a home, which is made with the first of them.</summary>
    public static SecretsFile In(string home) => new(System.IO.Path.Combine(System.IO.Path.GetFullPath(home), FileName));

    /// <summary>A text fit for a password: 32 random bytes in base64url, 43 characters.</summary>
    public static string NewPassword() => RandomBase64().TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>A key: 32 random bytes in base64.</summary>
    public static string RandomBase64() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Reads a secret.</summary>
    /// <exception cref="CannotRunException"><c>secrets_broken</c>: the file does not hold a JSON object of texts.</exception>
    public string? Find(string name) => Read().GetValueOrDefault(name);

    /// <summary>Reads a secret, making and keeping it first when there is none of that name.</summary>
    /// <exception cref="CannotRunException"><c>secrets_broken</c>: the file does not hold a JSON object of texts;
    /// <c>home_not_writable</c>: it cannot be read or written.</exception>
    public async Task<string> GetOrCreateAsync(string name, Func<string> factory, CancellationToken cancellationToken)
    {
        try
        {
            return Find(name) ?? await CreateAsync(name, factory, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CrmHome.NotWritable(System.IO.Path.GetDirectoryName(Path)!, failure);
        }
    }

    private async Task<string> CreateAsync(string name, Func<string> factory, CancellationToken cancellationToken)
    {
        CrmHome.Create(System.IO.Path.GetDirectoryName(Path)!);
        await using var held = await LockAsync(cancellationToken);
        var secrets = Read();
        if (secrets.TryGetValue(name, out var made))
            return made;

        secrets[name] = factory();
        Write(secrets);
        return secrets[name];
    }

    private SortedDictionary<string, string> Read()
    {
        if (!File.Exists(Path))
            return new(StringComparer.Ordinal);

        try
        {
            using var stream = File.OpenRead(Path);
            return new(JsonSerializer.Deserialize<Dictionary<string, string>>(stream) ?? [], StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            throw new CannotRunException(
                "secrets_broken", $"'{Path}' is not a JSON object of texts: put back the file that was made together with the data.");
        }
    }

    // Written beside and renamed, so that no reader and no crash ever sees half a file.
    private void Write(SortedDictionary<string, string> secrets)
    {
        var fresh = Path + ".new";
        File.Delete(fresh);
        using (var stream = new FileStream(fresh, OwnerOnly(FileMode.CreateNew)))
        {
            JsonSerializer.Serialize(stream, secrets, Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, Path, overwrite: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path + ".lock", OwnerOnly(FileMode.OpenOrCreate));
            }
            catch (IOException) when (File.Exists(Path + ".lock") && waited.Elapsed < LockTimeout)
            {
                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }

    /// <summary>Options to open a file that nobody else may read, or open at the same time.</summary>
    public static FileStreamOptions OwnerOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
