using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>
/// How entries and seals become bytes to hash; docs/operations/audit.md describes it, so that others can compute them too. Each value
/// carries its length, so that no two rows become the same bytes, and each hash begins with the version of the format.
/// </summary>
internal static class SealFormat
{
    /// <summary>The bytes of an entry in a seal: its number and its digest.</summary>
    public const int ItemLength = sizeof(long) + SHA256.HashSizeInBytes;

    private const string EntryVersion = "crm.entry.1";
    private const string SealVersion = "crm.seal.1";

    /// <summary>An entry in a seal: its sequence number and the digest of all its columns.</summary>
    public static byte[] Item(LogEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, EntryVersion);
        foreach (var value in entry.Columns)
            Append(hash, value);
        return [.. BigEndian(entry.Position.Sequence), .. hash.GetHashAndReset()];
    }

    /// <summary>The hash of a seal.</summary>
    public static byte[] Hash(SealChain chain, Seal seal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        object[] values =
        [
            SealVersion, chain.ToString(), seal.Number, seal.At, seal.Last.TransactionId, seal.Last.Sequence, seal.PreviousHash,
            seal.Contents,
        ];
        foreach (var value in values)
            Append(hash, value);
        return hash.GetHashAndReset();
    }

    /// <summary>The sequence number of an entry in a seal.</summary>
    public static long SequenceOf(ReadOnlySpan<byte> item) => BinaryPrimitives.ReadInt64BigEndian(item);

    private static void Append(IncrementalHash hash, object value)
    {
        var bytes = Bytes(value);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
        hash.AppendData(length);
        hash.AppendData(bytes ?? []);
    }

    private static byte[]? Bytes(object value) => value switch
    {
        DBNull => null,
        byte[] bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        Guid id => id.ToByteArray(bigEndian: true),
        long number => BigEndian(number),
        int number => BigEndian(number),
        ulong number => BigEndian(unchecked((long)number)),
        DateTime instant => BigEndian((instant.ToUniversalTime().Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond),
        _ => throw new InvalidOperationException($"A {value.GetType().Name} cannot be sealed."),
    };

    private static byte[] BigEndian(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }
}
