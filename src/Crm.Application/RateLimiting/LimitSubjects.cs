using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Application.RateLimiting;

/// <summary>Turns an address, and an account that is tried from it, into what limits count by.</summary>
public static class LimitSubjects
{
    private const int AddressBytes = 16;
    private const int NetworkBytes = 8;

    /// <summary>An address. Of IPv6 only the network of 64 bits counts: within it a client can take any address it likes.</summary>
    public static Guid OfAddress(IPAddress? address)
    {
        if (address is null)
            return Guid.Empty;
        Span<byte> bytes = stackalloc byte[AddressBytes];
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
            bytes[NetworkBytes..].Clear();
        return new Guid(bytes);
    }

    /// <summary>An account as tried from an address. The text cannot be had back from it: it may be a secret.</summary>
    public static Guid OfAccount(IPAddress? address, string account) =>
        new(SHA256.HashData([.. OfAddress(address).ToByteArray(), .. Encoding.UTF8.GetBytes(account.ToLowerInvariant())]).AsSpan(0, AddressBytes));
}
