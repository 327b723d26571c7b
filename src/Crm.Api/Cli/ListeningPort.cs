using System.Net;
using System.Net.Sockets;

namespace Crm.Api.Cli;

/// <summary>The addresses the API listens on.</summary>
internal static class ListeningPort
{
    /// <summary>Where the API listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>
    /// Tells the addresses: the option's, else the web server's configured endpoints, else the configured addresses, else the default.
    /// </summary>
    public static IReadOnlyList<string> Urls(string? option, IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        var given = (option ?? (endpoints.Count > 0 ? string.Join(';', endpoints) : configuration["urls"]) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in given.Where(url => !IsAddress(url)))
            throw CliErrors.NoAddress(url);
        return given.Length > 0 ? given : [DefaultUrl];
    }

    /// <summary>Whether a text is an address to listen on. Certificates are a proxy's to keep, so it is not one of https.</summary>
    public static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme == Uri.UriSchemeHttp && (address.IsUnixPipe || address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Tells where a client of this machine reaches an address.</summary>
    public static Uri Reached(string url)
    {
        var address = BindingAddress.Parse(url);
        return new UriBuilder(address.Scheme, address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host, address.Port).Uri;
    }

    /// <summary>Tries whether an address can be listened on.</summary>
    public static bool IsFree(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe || address.Port == 0)
            return true;

        var host = IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(host, address.Port);
            listener.Start();
            return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.AddressAlreadyInUse ? false : throw CliErrors.CannotListen(url, failure);
        }
    }
}
