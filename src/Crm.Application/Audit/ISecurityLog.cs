namespace Crm.Application.Audit;

/// <summary>
/// The log of security events: append-only, each entry in a transaction of its own, so that it survives a failed request. An event of a
/// tenant
/// stands in that tenant's change log, every other in the host's own (<c>host_changes</c>). What the host does to a tenant is told by a
/// <see cref="TenantEvent"/>
/// in the statement that does it, and stands in the host's.
/// </summary>
public interface ISecurityLog
{
    /// <summary>
    /// Appends an entry in the name of the present caller, or of the user who just signed in, or of the API key that is refused; with the
    /// address, the session and the device it came from. The tenant is the one that the field
    /// <see cref="SecurityFields.TenantId"/> names, else the present one. Failed sign-ins from one address beyond a bound (30 a minute) are
    /// counted, and told later in one entry.
    /// </summary>
    Task AppendAsync(string action, string subject, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken);
}
