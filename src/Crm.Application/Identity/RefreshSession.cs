using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Prolongs a session: uses up its refresh token and hands out a new pair. A token can be presented again for ten seconds, by another tab, say, and gets the same
/// successor; whoever presents it later ends the session, since one of two who have it is not the user.
/// </summary>
/// <param name="RefreshToken">The refresh token handed out last.</param>
[Public]
public sealed record RefreshSession(string RefreshToken) : ICommand<SignInResult>
{
    /// <summary>The name alone: the token must not end up in a log.</summary>
    /// <returns>The name of the request.</returns>
    public override string ToString() => nameof(RefreshSession);
}

internal sealed class RefreshSessionValidator : AbstractValidator<RefreshSession>
{
    public RefreshSessionValidator() =>
        RuleFor(r => r.RefreshToken).NotEmpty().WithErrorCode("required").WithMessage("This member is required.").OverridePropertyName("/refreshToken");
}

internal sealed class RefreshSessionHandler(IRefreshTokens refreshTokens, ISessions sessions, IUserDirectory users, IAccessTokens accessTokens)
    : IRequestHandler<RefreshSession, SignInResult>
{
    public async Task<SignInResult> Handle(RefreshSession request, CancellationToken cancellationToken)
    {
        var token = await refreshTokens.FindAsync(request.RefreshToken, cancellationToken) ?? throw IdentityErrors.InvalidRefreshToken();
        if (token.Standing == TokenStanding.Reused)
        {
            await sessions.RevokeAsync(token.UserId, token.SessionId, SessionEndings.RefreshTokenReused, cancellationToken);
            throw IdentityErrors.InvalidRefreshToken();
        }

        // Before the token is used up: whoever is only kept out for a while can go on with it later.
        var tenant = await OpenAsync(token, cancellationToken);
        var successor = await refreshTokens.UseAsync(token, cancellationToken) ?? throw IdentityErrors.InvalidRefreshToken();
        return SignInResult.Of(accessTokens.Issue(token.UserId, token.TenantId, token.SessionId), successor, tenant);
    }

    private async Task<TenantSummary?> OpenAsync(PresentedToken token, CancellationToken cancellationToken)
    {
        if (token.TenantId is not { } tenantId)
            return await users.FindAsync(token.UserId, cancellationToken) is { IsHostOperator: true } ? null : throw IdentityErrors.MembershipEnded();

        var memberships = await users.ListMembershipsAsync(token.UserId, cancellationToken);
        var membership = memberships.FirstOrDefault(m => m.TenantId == tenantId) ?? throw IdentityErrors.MembershipEnded();
        return membership.TenantStatus == TenantStatuses.Active ? TenantSummary.Of(membership) : throw TenantErrors.Suspended();
    }
}
