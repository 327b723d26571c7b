using System.Net;

namespace Crm.Domain.Identity;

/// <summary>
/// How far away an address is, as far as the address itself tells. Towns and countries would need a database of addresses, which is not
/// shipped.
/// </summary>
public static class ClientPlace
{
    private static readonly IPNetwork[] Private =
        [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10" }.Select(IPNetwork.Parse)];

    /// <summary>Tells the place of an address.</summary>
    public static string? Of(string? text)
    {
        if (!IPAddress.TryParse(text, out var address))
            return null;
        if (IPAddress.IsLoopback(address))
            return "local";
        return Private.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) ? "private" : "public";
    }
}
