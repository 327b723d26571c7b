using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Domain.Common;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Counts the refusals of the present caller.</summary>
internal sealed class Denials(EventTally tally, ICaller caller) : IDenials
{
    private const string RateLimited = "rate_limited";

    public void Count(Exception refusal, string request, Guid? tenantId)
    {
        // What is not there for somebody nobody knows, such as a page, tells nothing.
        if (refusal is not CrmException told || !(refusal is ForbiddenException || (refusal is NotFoundException && caller.IsAuthenticated)))
            return;
        var actor = new EventActor(caller.ActorType, caller.ActorId, caller.Address, caller.SessionId);
        tally.Count(new EventKey(tenantId, SecurityActions.AccessDenied, actor, request, told.Code), caller.CorrelationId);
    }

    public void CountAttempt(string request) =>
        tally.Count(new EventKey(null, SecurityActions.AttemptsLimited, new EventActor(caller.ActorType, null, caller.Address, null), request, RateLimited), caller.CorrelationId);
}
