using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.RateLimiting;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Prolongs a session: uses up its refresh token and hands out a new pair. A token can be presented again for ten seconds, by another tab,
/// say, and gets the same
/// successor; whoever presents it later ends the session, since one of two who have it is not the user.
/// </summary>
/// <param name="RefreshToken">The refresh token handed out last.</param>
[Public]
public sealed record RefreshSession(string RefreshToken) : IAttempt<SignInResult>
{
    string? IAttempt.Account => RefreshToken;

    LimitCheck IAttempt.Limit { get; } = new();

    /// <summary>The name alone: the token must not end up in a log.</summary>
    public override string ToString() => nameof(RefreshSession);
}

/// <summary>Prolongs a session that a browser keeps in cookies, by the refresh token among them.</summary>
/// <param name="RefreshToken">The refresh token handed out last.</param>
/// <param name="CsrfToken">The session's CSRF token; <c>null</c> when none was sent.</param>
[Public]
public sealed record RefreshCookieSession(string RefreshToken, string? CsrfToken) : IAttempt<SignInResult>
{
    string? IAttempt.Account => RefreshToken;

    LimitCheck IAttempt.Limit { get; } = new();

    /// <summary>The name alone: the tokens must not end up in a log.</summary>
    public override string ToString() => nameof(RefreshCookieSession);
}

internal sealed class RefreshSessionValidator : RequestValidator<RefreshSession>
{
    public RefreshSessionValidator() =>
        Member("/refreshToken", r => r.RefreshToken).NotEmpty().WithErrorCode("required").WithMessage("This member is required.");
}

internal sealed class RefreshSessionHandler(
    IRefreshTokens refreshTokens, ISessions sessions, IUserDirectory users, IAccessTokens accessTokens, ICsrfTokens csrf)
    : IRequestHandler<RefreshSession, SignInResult>, IRequestHandler<RefreshCookieSession, SignInResult>
{
    public async Task<SignInResult> Handle(RefreshSession request, CancellationToken cancellationToken) =>
        await RefreshAsync(await FindAsync(request.RefreshToken, cancellationToken), cancellationToken);

    public async Task<SignInResult> Handle(RefreshCookieSession request, CancellationToken cancellationToken)
    {
        // Before the token is used up, or its session ended: a page of somebody else may have sent it.
        var token = await FindAsync(request.RefreshToken, cancellationToken);
        csrf.Demand(token.SessionId, request.CsrfToken);
        return (await RefreshAsync(token, cancellationToken)) with { CsrfToken = request.CsrfToken };
    }

    private async Task<PresentedToken> FindAsync(string token, CancellationToken cancellationToken) =>
        await refreshTokens.FindAsync(token, cancellationToken) ?? throw IdentityErrors.InvalidRefreshToken();

    private async Task<SignInResult> RefreshAsync(PresentedToken token, CancellationToken cancellationToken)
    {
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
        // Users are never removed, least of all one whom a session refers to.
        if (token.TenantId is not { } tenantId)
            return (await users.FindAsync(token.UserId, cancellationToken))!.IsHostOperator ? null : throw IdentityErrors.MembershipEnded();

        var memberships = await users.ListMembershipsAsync(token.UserId, cancellationToken);
        var membership = memberships.FirstOrDefault(m => m.TenantId == tenantId) ?? throw IdentityErrors.MembershipEnded();
        return membership.TenantStatus == TenantStatuses.Active ? TenantSummary.Of(membership) : throw TenantErrors.Suspended();
    }
}
