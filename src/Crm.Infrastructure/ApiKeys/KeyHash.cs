using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// The SHA-256 of an API key's text, as a key without allocations; the text, which is good for long, stays in memory for no longer than its
/// request.
/// </summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Hashes a text.</summary>
    public static KeyHash Of(string text)
    {
        // Three bytes are the most that UTF-8 makes of one UTF-16 unit.
        Span<byte> bytes = stackalloc byte[text.Length * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        SHA256.HashData(bytes[..length], hash);
        return MemoryMarshal.Read<KeyHash>(hash);
    }
}
