using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Ends one of the user's sessions: within a second no node takes its access tokens, and its refresh token is of no use.</summary>
/// <param name="Id">The session.</param>
[SignedIn(AtHost = true)]
[NeedsSession]
public sealed record RevokeSession(Guid Id) : ICommand<Unit>;

internal sealed class RevokeSessionHandler(ICaller caller, ISessions sessions) : IRequestHandler<RevokeSession, Unit>
{
    public async Task<Unit> Handle(RevokeSession request, CancellationToken cancellationToken)
    {
        var userId = caller.UserId ?? throw IdentityErrors.Unauthenticated();
        return await sessions.RevokeAsync(userId, request.Id, SessionEndings.Revoked, cancellationToken) ? Unit.Value : throw IdentityErrors.SessionNotFound();
    }
}
