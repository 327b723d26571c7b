namespace Crm.Domain.Identity;

/// <summary>Every permission there is. A permission is an object and an action, parted by a colon.</summary>
public static class Permissions
{
    /// <summary>The permission to read the change log with its security events.</summary>
    public const string ReadAudit = "audit:read";

    private static readonly string[] SignedInOnly = ["users:write", "teams:write", "roles:write", "provider_keys:write", "settings:write"];

    private static readonly string[] RecordActions = ["read", "write", "delete", "purge"];

    /// <summary>All permissions, in the order in which roles list them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Of("companies", "contacts", "products", "pipelines", "deals"),
        "imports:read", "imports:write", "reports:read", "users:read", "users:write", "teams:read", "teams:write", "roles:read", "roles:write", ReadAudit,
        "provider_keys:read", "provider_keys:write", "settings:read", "settings:write", "api_keys:read", "api_keys:write",
    ];

    /// <summary>The permissions that a role may narrow to the records of some owners, see <see cref="RecordScopes"/>.</summary>
    public static IReadOnlyList<string> Scoped { get; } = [.. Of("companies", "contacts", "deals", "products")];

    /// <summary>What one must be allowed who hands all records of one user over to another.</summary>
    public static IReadOnlyList<string> HandedOver { get; } =
        [.. Of("companies", "contacts", "products", "pipelines", "deals").Where(p => p.EndsWith(":read", StringComparison.Ordinal) || p.EndsWith(":write", StringComparison.Ordinal))];

    /// <summary>
    /// The permissions an API key can have as its scopes: all but those about API keys themselves and those by which a stolen key could
    /// make its holder, or
    /// others, more than they are. These stay with signed-in users.
    /// </summary>
    public static IReadOnlyList<string> Scopes { get; } = [.. All.Where(p => !p.StartsWith("api_keys:", StringComparison.Ordinal) && !SignedInOnly.Contains(p))];

    /// <summary>The permissions of some kinds of records.</summary>
    public static IEnumerable<string> Of(params string[] objects) =>
        objects.SelectMany(o => RecordActions.Select(action => $"{o}:{action}"));
}
