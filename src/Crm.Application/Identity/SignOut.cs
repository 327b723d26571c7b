using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Ends the session of the present access token, or of the refresh cookie of a page whose access token has expired: within a second no node
/// takes the token, and its refresh token is of no use.
/// </summary>
[SignedIn(AtHost = true)]
[NeedsSession]
public sealed record SignOut : ICommand<Unit>;

/// <summary>Ends all sessions of the user, on every device and in every tenant, the present one too.</summary>
[SignedIn(AtHost = true)]
[NeedsSession]
public sealed record SignOutEverywhere : ICommand<Unit>;

internal sealed class SignOutHandler(ICaller caller, ISessions sessions) : IRequestHandler<SignOut, Unit>, IRequestHandler<SignOutEverywhere, Unit>
{
    public async Task<Unit> Handle(SignOut request, CancellationToken cancellationToken)
    {
        if (caller is not { UserId: { } userId, SessionId: { } sessionId })
            throw IdentityErrors.Unauthenticated();

        // One that is over already has been ended by another request: what was wanted is so.
        await sessions.RevokeAsync(userId, sessionId, SessionEndings.SignedOut, cancellationToken);
        return Unit.Value;
    }

    public async Task<Unit> Handle(SignOutEverywhere request, CancellationToken cancellationToken)
    {
        var userId = caller.UserId ?? throw IdentityErrors.Unauthenticated();
        await sessions.RevokeAllAsync(userId, exceptSessionId: null, SessionEndings.SignedOutEverywhere, cancellationToken);
        return Unit.Value;
    }
}
