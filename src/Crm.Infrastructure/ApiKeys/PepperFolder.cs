using System.Security.Cryptography;
using Crm.Application.ApiKeys;
using Crm.Domain.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// Stores peppers as files in a folder that only the service can read. A name that begins with a time, as
/// <c>20261121T123000Z-….pepper</c>, says from when on new secrets are hashed with it, so that every node has read it by then; other names
/// count at once. No pepper is removed here: what was hashed with it would be lost.
/// </summary>
[Singleton(AlsoAsItself = true)]
internal sealed class PepperFolder(IOptions<ApiKeyOptions> options, IConfiguration configuration, TimeProvider time) : IPepperRotation
{
    // Every key that is looked up is hashed with each of them.
    private const int Most = 8;
    private const int Size = 32;
    private const string FirstFile = "0000-first.pepper";

    private static readonly TimeSpan ActivationDelay = PepperRing.GoodFor * 2;

    private readonly string _folder = options.Value.PepperFolder ?? Path.Combine(CrmHome.Of(configuration), "api-key-peppers");

    /// <summary>Reads the peppers, oldest first; makes the first one where there is none.</summary>
    /// <exception cref="CannotRunException">One is broken, or there are too many.</exception>
    public IReadOnlyList<Pepper> Load()
    {
        PrivateFiles.CreateFolder(_folder);
        if (Find().Length == 0)
            Write(FirstFile);
        var files = Find();
        return files.Length <= Most ? [.. files.Select(Read)] : throw TooMany();
    }

    public RotatedPepper Rotate()
    {
        if (Load().Count == Most)
            throw TooMany();

        var usedFrom = KeyFileNames.NextTime(time.GetUtcNow() + ActivationDelay);
        var name = KeyFileNames.Create(usedFrom, ".pepper");
        Write(name);
        return new RotatedPepper(Read(Path.Combine(_folder, name)).Id, name, usedFrom);
    }

    private string[] Find() => [.. Directory.GetFiles(_folder, "*.pepper").Order(StringComparer.Ordinal)];

    private void Write(string name) =>
        PrivateFiles.TryWrite(Path.Combine(_folder, name), Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size)));

    private static Pepper Read(string file)
    {
        var bytes = new byte[Size];
        return Convert.TryFromBase64String(File.ReadAllText(file).Trim(), bytes, out var length) && length == Size
            ? new Pepper(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)), bytes, KeyFileNames.UsedFrom(file))
            : throw new CannotRunException("broken_pepper", $"{file} does not hold 32 bytes in base64: put back the file that was there.");
    }

    private CannotRunException TooMany() =>
        new("too_many_peppers",
            $"The folder of peppers, {_folder}, holds {Most} of them, which is the most there can be: "
            + "take out one that no API key was hashed with any more.");
}

/// <summary>
/// A secret of the server's that the secrets of API keys are hashed with, so that a stolen database does not even tell whether a key found
/// elsewhere is one of its.
/// </summary>
/// <param name="Id">Its id, made from it; hashes carry it.</param>
/// <param name="Key">Its 32 bytes.</param>
/// <param name="UsedFrom">From when on new secrets are hashed with it, UTC; <c>null</c> for always.</param>
internal sealed record Pepper(string Id, byte[] Key, DateTimeOffset? UsedFrom)
{
    /// <summary>The id alone: the bytes must not end up in a log.</summary>
    public override string ToString() => $"{nameof(Pepper)} {Id}";
}
