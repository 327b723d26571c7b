using System.Text;

namespace Crm.Benchmarks.Load;

/// <summary>A server under load.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="DatabaseRole">The role it connects to the database as; its commands are counted by that.</param>
/// <param name="TenantHeaders">For each tenant the header lines of its user's requests, without the last line's end.</param>
internal sealed record Target(string Name, Uri Url, string DatabaseRole, IReadOnlyList<byte[]> TenantHeaders)
{
    /// <summary>A target that believes the tenant, user and session that headers name.</summary>
    public static Target Trusting(string name, Uri url, string role, BenchIds ids) =>
        new(name, url, role, [.. ids.Tenants.Select(t =>
            Encoding.ASCII.GetBytes($"X-Tenant: {t.Id}\r\nX-Actor: {t.User}\r\nX-Session: {Guid.CreateVersion7()}"))]);

    /// <summary>A target that takes them from an access token.</summary>
    public static Target SignedIn(string name, Uri url, string role, IEnumerable<string> tokens) =>
        new(name, url, role, [.. tokens.Select(t => Encoding.ASCII.GetBytes($"Authorization: Bearer {t}"))]);

    /// <summary>A request in the name of a tenant's user, for clients slower than <see cref="HttpConnection"/>.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path, int tenant)
    {
        var request = new HttpRequestMessage(method, new Uri(Url, path));
        foreach (var line in Encoding.ASCII.GetString(TenantHeaders[tenant]).Split("\r\n"))
        {
            var end = line.IndexOf(':', StringComparison.Ordinal);
            request.Headers.Add(line[..end], line[(end + 1)..].Trim());
        }

        return request;
    }
}
