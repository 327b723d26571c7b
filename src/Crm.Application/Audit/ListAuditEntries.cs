using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Audit;

/// <summary>Lists the tenant's change log with its security events, newest first.</summary>
/// <param name="Query">The question.</param>
[Requires(Permissions.ReadAudit)]
public sealed record ListAuditEntries(AuditQuery Query) : IQuery<AuditPage>;

/// <summary>Lists what happened above tenants, newest first.</summary>
/// <param name="Query">The question.</param>
[HostScope]
public sealed record ListHostAuditEntries(AuditQuery Query) : IQuery<AuditPage>;

internal sealed class ListAuditEntriesHandler(IAuditReader log) : IRequestHandler<ListAuditEntries, AuditPage>
{
    public Task<AuditPage> Handle(ListAuditEntries request, CancellationToken cancellationToken) => log.ListAsync(request.Query, cancellationToken);
}

internal sealed class ListHostAuditEntriesHandler(IAuditReader log) : IRequestHandler<ListHostAuditEntries, AuditPage>
{
    public Task<AuditPage> Handle(ListHostAuditEntries request, CancellationToken cancellationToken) => log.ListHostAsync(request.Query, cancellationToken);
}
