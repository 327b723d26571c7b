using System.Net;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>
/// Looks whether what goes over a network to PostgreSQL and Redis is encrypted, and goes to the server that is meant. Networks of which the
/// operator
/// knows better exist, so this is never a fault.
/// </summary>
public static class TransportChecks
{
    private const string Localhost = "localhost";

    /// <summary>Looks at the connection strings; connects to nothing.</summary>
    public static IReadOnlyList<SystemCheck> Run(IConfiguration configuration)
    {
        var checks = new List<SystemCheck>();
        foreach (var name in new[] { "Crm", "CrmOwner" })
        {
            if (configuration.GetConnectionString(name) is { } text && IsOpenDatabase(text))
                checks.Add(Warning(
                    $"ConnectionStrings:{name} leads to another machine without SSL Mode=VerifyFull (or VerifyCA): "
                    + "it may be read on the way, or answered by another server."));
        }

        if (RedisOptions.Read(configuration)?.TryParse() is { Ssl: false } redis && !redis.EndPoints.All(IsLocal))
            checks.Add(Warning(
                "ConnectionStrings:Redis leads to another machine without ssl=true: it may be read on the way, or answered by another server."));
        return checks;
    }

    private static SystemCheck Warning(string text) => new("encryption of connections", "open") { Warning = text };

    private static bool IsOpenDatabase(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return settings.SslMode is not (SslMode.VerifyFull or SslMode.VerifyCA)
                && settings.Host is { } hosts && !hosts.Split(',').All(IsLocalHost);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A path, or an abstract name, is a socket of this machine; a host may be followed by its port.
    private static bool IsLocalHost(string host)
    {
        var name = host.Trim();
        return name.StartsWith('/') || name.StartsWith('@') || IsLocalName(name)
            || (name.LastIndexOf(':') is >= 0 and var colon && IsLocalName(name[..colon]));
    }

    // The client reads an address, or a name.
    private static bool IsLocal(EndPoint place) =>
        place is IPEndPoint numbered ? IPAddress.IsLoopback(numbered.Address) : IsLocalName(((DnsEndPoint)place).Host);

    private static bool IsLocalName(string name) =>
        string.Equals(name, Localhost, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
}
