using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Authorization;

namespace Crm.Api.Identity;

/// <summary>
/// Finds out who makes a request from its access token, and what they may do at present. It refuses nobody itself: why a proof does not hold is
/// kept for the access rules, which answer in one place. The framework's authentication services would look up schemes, handlers and features for
/// every request, and there is one way to prove who one is.
/// </summary>
/// <param name="next">What comes behind it.</param>
/// <param name="tokens">Checks access tokens.</param>
/// <param name="access">Tells what the user may do.</param>
internal sealed class CallerMiddleware(RequestDelegate next, IAccessTokens tokens, IAccessReader access)
{
    private const string Prefix = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        // Where anyone may call, no proof is looked at: a client can sign in with its old token still attached.
        var endpoint = context.GetEndpoint();
        var header = context.Request.Headers.Authorization.ToString();
        return endpoint is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? IdentifyAsync(context, header[Prefix.Length..].Trim())
            : next(context);
    }

    private async Task IdentifyAsync(HttpContext context, string proof)
    {
        var caller = context.RequestServices.GetRequiredService<ICallerSetter>();
        var check = tokens.Check(proof);
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
