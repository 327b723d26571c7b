using System.Collections.Frozen;
using System.Security.Claims;
using Crm.Api.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ApiKeys;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Authorization;

namespace Crm.Api.Identity;

/// <summary>
/// Finds out who makes a request from its access token or API key, for a few operations from its refresh cookie too, and what they may do
/// at present. It refuses nobody itself: why a proof does not hold is
/// kept for the access rules, which answer in one place. The framework's authentication services would look up schemes, handlers and
/// features for
/// every request, and there are two ways to prove who one is: an access token and an API key.
/// </summary>
internal sealed class CallerMiddleware(RequestDelegate next, IAccessTokens tokens, IAccessReader access, CsrfGuard csrf, KeyCallers keys)
{
    private const string Prefix = "Bearer ";

    // A refresh token opens no tenant: what is proved by one is a matter of the session alone, whatever has become of the tenant.
    private static readonly ClaimsPrincipal Nobody = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
            return next(context);

        // Where anyone may call, neither token nor key is looked at: a client can sign in with its old one still attached. A cookie was
        // attached by the browser, not by the page.
        var isPublic = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var header = context.Request.Headers.Authorization.ToString();
        var bearer = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
        if (!isPublic && context.Request.Headers.TryGetValue(KeyCallers.HeaderName, out var sent))
            return IdentifyByKeyAsync(context, sent.ToString().Trim(), isAlone: header.Length == 0 || bearer == sent);
        if (bearer is not null)
            return isPublic ? next(context) : IdentifyByBearerAsync(context, bearer);
        if (header.Length > 0 || !SessionCookies.AreIn(context.Request))
            return next(context);
        return isPublic ? GuardAsync(context) : IdentifyByCookieAsync(context, endpoint.Metadata.GetMetadata<TakesRefreshCookie>() is not null);
    }

    private Task IdentifyByBearerAsync(HttpContext context, string bearer) =>
        keys.IsMeant(bearer) ? IdentifyByKeyAsync(context, bearer, isAlone: true) : IdentifyAsync(context, tokens.Check(bearer), isCookie: false);

    private async Task IdentifyByCookieAsync(HttpContext context, bool orByRefresh) =>
        await IdentifyAsync(context, await CheckCookiesAsync(context, orByRefresh), isCookie: true);

    // The refresh token outlives the access token, and the key that signed it: a session is known by it as long as it is live.
    private async ValueTask<TokenCheck> CheckCookiesAsync(HttpContext context, bool orByRefresh)
    {
        // A browser that has given up one of the two can go on as if it had expired.
        var check = SessionCookies.Find(context.Request, SessionCookies.Access) is { } access ? tokens.Check(access) : TokenCheck.Expired;
        if (check.Token is not null || !orByRefresh || SessionCookies.Find(context.Request, SessionCookies.Refresh) is not { } refresh)
            return check;
        return await context.RequestServices.GetRequiredService<IRefreshTokens>().FindAsync(refresh, context.RequestAborted) is { Standing: not TokenStanding.Reused } found
            ? new TokenCheck(new AccessToken(found.UserId, found.TenantId, found.SessionId, TokenId: "", ExpiresAt: default, Nobody), IsExpired: false)
            : check;
    }

    private async Task IdentifyByKeyAsync(HttpContext context, string key, bool isAlone)
    {
        var caller = context.RequestServices.GetRequiredService<ICallerSetter>();
        caller.ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
        if (isAlone)
            await keys.IdentifyAsync(context, key, caller);
        else
            caller.Refuse(ApiKeyErrors.Ambiguous());
        await next(context);
    }

    // Whoever is signed in by cookie changes nothing without the session's CSRF token, not even by what anyone may call; a session that is
    // over guards nothing.
    private async Task GuardAsync(HttpContext context)
    {
        if (CsrfGuard.Concerns(context.Request)
            && (await CheckCookiesAsync(context, orByRefresh: true)).Token is { } token
            && (await access.ReadSessionAsync(token.SessionId, token.UserId, token.TenantId, context.RequestAborted)).IsLive)
        {
            csrf.Demand(context.Request, token.SessionId);
            context.RequestServices.GetRequiredService<ICallerSetter>().Brings(new BrowserSession(token.UserId, token.SessionId));
        }

        await next(context);
    }

    private async Task IdentifyAsync(HttpContext context, TokenCheck check, bool isCookie)
    {
        var caller = context.RequestServices.GetRequiredService<ICallerSetter>();
        caller.ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
        if (check.Token is not { } token)
        {
            caller.Refuse(check.IsExpired ? IdentityErrors.TokenExpired() : IdentityErrors.InvalidToken());
        }
        else if (await access.ReadSessionAsync(token.SessionId, token.UserId, token.TenantId, context.RequestAborted) is not { IsLive: true } granted)
        {
            caller.Refuse(IdentityErrors.SessionEnded());
        }
        else if (Identify(token, granted, context.TraceIdentifier) is not { } identity)
        {
            caller.Refuse(IdentityErrors.MembershipEnded());
        }
        else
        {
            if (isCookie && CsrfGuard.Concerns(context.Request))
                csrf.Demand(context.Request, token.SessionId);
            caller.Set(identity);
            context.User = token.Principal;
        }

        await next(context);
    }

    private static CallerIdentity? Identify(AccessToken token, SessionAccess granted, string correlationId)
    {
        if (token.TenantId is null)
            return granted.IsHostOperator ? Caller(token, role: null, FrozenSet<string>.Empty, RecordGrants.Full, isHostOperator: true, correlationId) : null;
        return granted.Member is { } member ? Caller(token, member.Role, member.Permissions, member.Grants, isHostOperator: false, correlationId) : null;
    }

    private static CallerIdentity Caller(AccessToken token, string? role, IReadOnlySet<string> permissions, RecordGrants grants, bool isHostOperator, string correlationId) =>
        new(ActorTypes.User, token.UserId, isHostOperator, role, permissions, correlationId) { SessionId = token.SessionId, Grants = grants };
}
