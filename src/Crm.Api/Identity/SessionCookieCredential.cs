using System.Security.Claims;
using Crm.Application.Authorization;
using Crm.Application.Identity;

namespace Crm.Api.Identity;

/// <summary>
/// A session that a browser has in its cookies: the access token, for a few operations the refresh token too. The browser attaches cookies
/// by itself, so a request that changes something must show the session's CSRF token.
/// </summary>
[Singleton(OnlyAsItself = true)]
internal sealed class SessionCookieCredential(IAccessTokens tokens, SessionProof proof, CsrfGuard csrf) : ICredential
{
    // A refresh token opens no tenant: what it proves concerns the session only, whatever has become of the tenant.
    private static readonly ClaimsPrincipal Nobody = new();

    public ValueTask<CredentialResult> ProveAsync(HttpContext context) =>
        IsIn(context.Request) ? ProveByCookiesAsync(context) : ValueTask.FromResult(CredentialResult.None);

    /// <summary>
    /// Guards what anyone may call. A browser with a live session changes nothing without the CSRF token; a session that is over guards
    /// nothing.
    /// </summary>
    /// <exception cref="Domain.Common.ForbiddenException">The CSRF token is missing or wrong.</exception>
    public async ValueTask<BrowserSession?> GuardAsync(HttpContext context)
    {
        if (!IsIn(context.Request)
            || !CsrfGuard.Concerns(context.Request)
            || (await CheckAsync(context, orByRefresh: true)).Token is not { } token
            || !await proof.IsLiveAsync(context, token))
            return null;

        csrf.Demand(context.Request, token.SessionId);
        return new BrowserSession(token.UserId, token.SessionId);
    }

    // What a page sends on purpose, in a header, counts more than what its browser attaches.
    private static bool IsIn(HttpRequest request) => request.Headers.Authorization.ToString().Length == 0 && SessionCookies.AreIn(request);

    private async ValueTask<CredentialResult> ProveByCookiesAsync(HttpContext context)
    {
        var orByRefresh = context.GetEndpoint()!.Metadata.GetMetadata<TakesRefreshCookie>() is not null;
        var result = await proof.ProveAsync(context, await CheckAsync(context, orByRefresh));
        if (result.IsProven && CsrfGuard.Concerns(context.Request))
            csrf.Demand(context.Request, result.Identity.SessionId.GetValueOrDefault());
        return result;
    }

    // The refresh token outlives the access token, and the key that signed it: it identifies a session as long as that is live.
    private async ValueTask<TokenCheck> CheckAsync(HttpContext context, bool orByRefresh)
    {
        // A browser that has dropped one of the two can go on as if it had expired.
        var check = SessionCookies.Find(context.Request, SessionCookies.Access) is { } access ? tokens.Check(access) : TokenCheck.Expired;
        if (check.Token is not null || !orByRefresh || SessionCookies.Find(context.Request, SessionCookies.Refresh) is not { } refresh)
            return check;
        var refreshTokens = context.RequestServices.GetRequiredService<IRefreshTokens>();
        return await refreshTokens.FindAsync(refresh, context.RequestAborted) is { Standing: not TokenStanding.Reused } found
            ? new TokenCheck(new AccessToken(found.UserId, found.TenantId, found.SessionId, TokenId: "", ExpiresAt: default, Nobody), IsExpired: false)
            : check;
    }
}

/// <summary>
/// Marks an operation that a page may call by the refresh token in its cookie when the access token has expired. The token is not used up.
/// It is for what concerns the session only: no tenant is opened.
/// </summary>
internal sealed class TakesRefreshCookie
{
    /// <summary>The mark.</summary>
    public static readonly TakesRefreshCookie Mark = new();

    private TakesRefreshCookie()
    {
    }
}
