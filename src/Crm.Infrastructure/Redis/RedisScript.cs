using System.Security.Cryptography;
using System.Text;

namespace Crm.Infrastructure.Redis;

/// <summary>A Lua script that Redis carries out as one step. Make one instance for each text, and keep it.</summary>
internal sealed class RedisScript(string text)
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    // Redis names scripts by SHA-1; it protects nothing.
#pragma warning disable CA5350
    /// <summary>The name under which Redis keeps a script that it has seen.</summary>
    public byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
