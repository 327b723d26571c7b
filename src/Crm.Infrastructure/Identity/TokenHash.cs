using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.Identity;

/// <summary>The SHA-256 of a token, as a key without allocations.</summary>
internal readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Hashes a token.</summary>
    /// <param name="token">At most <see cref="JwtParser.MaxLength"/> characters.</param>
    public static TokenHash Of(string token)
    {
        // Three bytes are the most that UTF-8 makes of one UTF-16 unit.
        Span<byte> bytes = stackalloc byte[token.Length * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(token, bytes);
        SHA256.HashData(bytes[..length], hash);
        return MemoryMarshal.Read<TokenHash>(hash);
    }
}
