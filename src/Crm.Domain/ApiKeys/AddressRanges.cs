using System.Net;
using System.Net.Sockets;

namespace Crm.Domain.ApiKeys;

/// <summary>Ranges of IP addresses as texts: an address, or an address and the length of its prefix (CIDR).</summary>
public static class AddressRanges
{
    /// <summary>Reads a range; a single address is a range of one.</summary>
    public static bool TryParse(string text, out IPNetwork range)
    {
        range = default;

        // The framework reads 10.1 as an address too, and an address with a zone.
        var first = text.Split('/')[0];
        if (first.Contains('%', StringComparison.Ordinal) || (!first.Contains(':', StringComparison.Ordinal) && first.Count(c => c == '.') != 3))
            return false;
        if (!IPAddress.TryParse(first, out var address) || address.IsIPv4MappedToIPv6)
            return false;
        if (first.Length < text.Length)
            return IPNetwork.TryParse(text, out range) && range.BaseAddress.Equals(address);
        range = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }

    /// <summary>Whether an address stands in one of some ranges.</summary>
    public static bool Allow(IReadOnlyList<IPNetwork> ranges, IPAddress? address)
    {
        if (ranges.Count == 0)
            return true;
        if (address is null)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return ranges.Any(range => range.Contains(plain));
    }
}
