using System.Security.Cryptography;
using Crm.Application.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Secrets;

/// <summary>
/// Holds key-encryption keys itself: those of <c>Encryption:Keys</c>, else the files of a folder that only the service can read. A file's
/// name tells from when its
/// key may wrap, as with signing keys. A key's id is made of the key, so that a wrong key under a right name is nobody's.
/// </summary>
[Singleton]
internal sealed class LocalKeyRing(
    IOptions<EncryptionOptions> options, IOptions<DevelopmentKeyOptions> development, IConfiguration configuration, TimeProvider time)
    : IKeyRing
{
    private const string Extension = ".key";
    private const string DevelopmentFile = "development" + Extension;
    private const int MostKeys = 32;

    private readonly string _folder = options.Value.KeyFolder ?? Path.Combine(CrmHome.Of(configuration), "keys");
    private Dictionary<string, byte[]> _keys = [];

    public Task<IReadOnlyList<KeyEncryptionKey>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = Load();
        Volatile.Write(ref _keys, entries.DistinctBy(e => e.Key.Id).ToDictionary(e => e.Key.Id, e => e.Material));
        return Task.FromResult<IReadOnlyList<KeyEncryptionKey>>([.. entries.Select(e => e.Key)]);
    }

    public async Task<KeyEncryptionKey> AddAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(options.Value.Keys))
            throw EncryptionErrors.KeysAreGiven();

        // The first key has nobody to wait for.
        var now = time.GetUtcNow();
        var delay = (await ListAsync(cancellationToken)).Count == 0 ? TimeSpan.Zero : options.Value.KeyActivationDelay;
        var from = delay == TimeSpan.Zero ? now : KeyFileNames.NextTime(now + delay);
        var file = Path.Combine(_folder, KeyFileNames.Create(from, Extension));
        Write(file);
        return Read(file).Key;
    }

    public Task<byte[]?> WrapAsync(string keyId, byte[] dataKey, byte[] context, CancellationToken cancellationToken) =>
        WithAsync(keyId, key => AesGcmCipher.Encrypt(key, dataKey, context), cancellationToken);

    public Task<byte[]?> UnwrapAsync(string keyId, byte[] wrapped, byte[] context, CancellationToken cancellationToken) =>
        WithAsync(keyId, key => AesGcmCipher.TryDecrypt(key, wrapped, context), cancellationToken);

    // A key that came since is looked for at once: it lay in the folder before anything was wrapped with it.
    private async Task<byte[]?> WithAsync(string keyId, Func<byte[], byte[]?> use, CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref _keys).ContainsKey(keyId))
            await ListAsync(cancellationToken);
        return Volatile.Read(ref _keys).TryGetValue(keyId, out var key) ? use(key) : null;
    }

    private List<Entry> Load()
    {
        if (!string.IsNullOrWhiteSpace(options.Value.Keys))
        {
            var texts = options.Value.Keys.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            return [.. texts.Select(text => Of(text, null, null) ?? throw EncryptionErrors.BrokenKeys())];
        }

        var files = Files();
        if (files.Length == 0 && development.Value.Allowed)
        {
            Write(Path.Combine(_folder, DevelopmentFile));
            files = Files();
        }

        return [.. files.Select(Read).OrderBy(e => e.Key.UsableFrom ?? DateTimeOffset.MinValue)];
    }

    private string[] Files()
    {
        if (!Directory.Exists(_folder))
            return [];
        var files = Directory.GetFiles(_folder, "*" + Extension).Order(StringComparer.Ordinal).ToArray();
        return files.Length <= MostKeys ? files : throw EncryptionErrors.TooManyKeys(_folder, MostKeys);
    }

    private static Entry Read(string file) =>
        Of(File.ReadAllText(file).Trim(), KeyFileNames.UsedFrom(file), Path.GetFileName(file)) ?? throw EncryptionErrors.BrokenKey(file);

    private static Entry? Of(string base64, DateTimeOffset? from, string? file)
    {
        var key = new byte[AesGcmCipher.KeyLength];
        return Convert.TryFromBase64String(base64, key, out var length) && length == key.Length
            ? new Entry(new KeyEncryptionKey(Convert.ToHexStringLower(SHA256.HashData([.. "crm kek "u8, .. key]))[..16], from, file == DevelopmentFile, file), key)
            : null;
    }

    // Nodes that start together on one folder must end with one key: the first one to write wins.
    private void Write(string file)
    {
        PrivateFiles.CreateFolder(_folder);
        PrivateFiles.TryWrite(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(AesGcmCipher.KeyLength)));
    }

    private sealed record Entry(KeyEncryptionKey Key, byte[] Material);
}
