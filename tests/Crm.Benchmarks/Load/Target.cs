using System.Text;

namespace Crm.Benchmarks.Load;

/// <summary>A server under load.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="DatabaseRole">The role it connects to the database as; its commands are counted by that.</param>
/// <param name="TenantHeaders">For each tenant the header line that says which one is meant, without the line's end.</param>
internal sealed record Target(string Name, Uri Url, string DatabaseRole, IReadOnlyList<byte[]> TenantHeaders)
{
    /// <summary>A target that believes the tenant a header names.</summary>
    public static Target Trusting(string name, Uri url, string role, BenchIds ids) =>
        new(name, url, role, [.. ids.Tenants.Select(t => Encoding.ASCII.GetBytes($"X-Tenant: {t.Id}"))]);

    /// <summary>A target that takes the tenant from an access token.</summary>
    public static Target SignedIn(string name, Uri url, string role, IEnumerable<string> tokens) =>
        new(name, url, role, [.. tokens.Select(t => Encoding.ASCII.GetBytes($"Authorization: Bearer {t}"))]);
}
