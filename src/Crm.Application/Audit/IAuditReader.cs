namespace Crm.Application.Audit;

/// <summary>Reads the log with its security events; each page is one round trip.</summary>
public interface IAuditReader
{
    /// <summary>
    /// Reads a page of the present tenant's log. What the caller's grants keep from it is left out: records beyond their scope, and fields.
    /// </summary>
    Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Reads a page of the host's log.</summary>
    Task<AuditPage> ListHostAsync(AuditQuery query, CancellationToken cancellationToken);
}
