using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Domain.Common;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Counts the refusals of the present caller.</summary>
[Scoped]
internal sealed class Denials(EventCounts counts, ICaller caller) : IDenials
{
    private const string RateLimited = "rate_limited";

    public void Count(Exception refusal, string request, Guid? tenantId)
    {
        // That something is not there for an unknown caller, such as a page, is not worth an entry.
        if (refusal is not CrmException { Code: var code })
            return;
        if (refusal is not ForbiddenException && !(refusal is NotFoundException && caller.IsAuthenticated))
            return;
        var actor = new EventActor(caller.ActorType, caller.ActorId, caller.Address, caller.SessionId);
        counts.Count(new EventKey(tenantId, SecurityActions.AccessDenied, actor, request, code), caller.CorrelationId);
    }

    public void CountAttempt(string request) =>
        counts.Count(
            new EventKey(
                null, SecurityActions.AttemptsLimited, new EventActor(caller.ActorType, null, caller.Address, null), request, RateLimited),
            caller.CorrelationId);
}
