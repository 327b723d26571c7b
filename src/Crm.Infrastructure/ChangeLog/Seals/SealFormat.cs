using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>
/// How entries and seals become bytes to hash; told in docs/operations/audit.md, so that others can compute them too. Each value carries
/// its
/// length, so that no two rows run together to the same bytes, and each text begins with the version of the format.
/// </summary>
internal static class SealFormat
{
    /// <summary>The bytes of an entry in a seal: its number and its digest.</summary>
    public const int ItemLength = sizeof(long) + SHA256.HashSizeInBytes;

    private const string EntryVersion = "crm.entry.1";
    private const string SealVersion = "crm.seal.1";

    /// <summary>The digest of an entry.</summary>
    public static byte[] Digest(DbDataReader row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, EntryVersion);
        for (var i = 0; i < row.FieldCount; i++)
            Append(hash, row.GetValue(i));
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of a seal.</summary>
    public static byte[] Hash(string chain, Seal seal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        object[] values = [SealVersion, chain, seal.Number, seal.At, seal.LastTransactionId, seal.LastSequence, seal.PreviousHash, seal.Contents];
        foreach (var value in values)
            Append(hash, value);
        return hash.GetHashAndReset();
    }

    /// <summary>An entry as it stands in a seal.</summary>
    public static byte[] Item(long sequence, byte[] digest) => [.. BigEndian(sequence), .. digest];

    /// <summary>The number of an entry in a seal.</summary>
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
        _ => throw new InvalidOperationException($"A {value.GetType().Name} has no place in a seal."),
    };

    private static byte[] BigEndian(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }
}
