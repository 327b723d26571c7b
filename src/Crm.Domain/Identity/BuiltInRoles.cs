namespace Crm.Domain.Identity;

/// <summary>The roles every tenant begins with, and what their holders may do.</summary>
public static class BuiltInRoles
{
    /// <summary>May do everything in the tenant.</summary>
    public const string Owner = "owner";

    /// <summary>May do everything but remove records for good.</summary>
    public const string Admin = "admin";

    /// <summary>Works with records.</summary>
    public const string Member = "member";

    /// <summary>Looks at records.</summary>
    public const string Viewer = "viewer";

    // What a role may do is for those to know who give roles; who signs in from where, how the tenant is set up and which keys there are,
    // for those who look after it.
    private static readonly string[] ForAdministrators = ["roles:read", "provider_keys:read", "api_keys:read", "settings:read", Permissions.ReadAudit];

    /// <summary>Each role with its permissions.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> All { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [Owner] = Permissions.All,
        [Admin] = [.. Permissions.All.Where(p => !p.EndsWith(":purge", StringComparison.Ordinal))],
        [Member] =
        [
            .. Readable,
            .. Permissions.Of("companies", "contacts", "deals").Where(p => !p.EndsWith(":purge", StringComparison.Ordinal) && !p.EndsWith(":read", StringComparison.Ordinal)),
        ],
        [Viewer] = [.. Readable],
    };

    private static IEnumerable<string> Readable => Permissions.All.Where(p => p.EndsWith(":read", StringComparison.Ordinal)).Except(ForAdministrators);
}
