using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Api.Identity;

/// <summary>An access token in <c>Authorization: Bearer</c>.</summary>
internal sealed class BearerCredential(IAccessTokens tokens, SessionProof proof) : ICredential
{
    private const string Prefix = "Bearer ";

    /// <summary>Finds what a request sends as bearer, without a copy of it.</summary>
    public static bool TryFind(HttpRequest request, out ReadOnlySpan<char> bearer)
    {
        ReadOnlySpan<char> header = request.Headers.Authorization.ToString();
        var isFound = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
        bearer = isFound ? header[Prefix.Length..].Trim() : default;
        return isFound;
    }

    public ValueTask<CredentialResult> ProveAsync(HttpContext context) => TryFind(context.Request, out var bearer)
        ? proof.ProveAsync(context, tokens.Check(bearer.ToString()))
        : ValueTask.FromResult(CredentialResult.None);

    /// <summary>
    /// What <c>WWW-Authenticate</c> says on a 401 (RFC 6750, section 3): which proof is wanted, or why the one that was sent does not hold.
    /// </summary>
    public static string Challenge(UnauthenticatedException refusal) => refusal.Code switch
    {
        "invalid_token" or "token_expired" or "membership_ended" or "session_ended" or "invalid_api_key" =>
            $"Bearer error=\"invalid_token\", error_description=\"{refusal.Message}\"",
        _ => "Bearer",
    };
}

/// <summary>Finds out whether a token's session is live and what its user may do at present.</summary>
[Singleton]
internal sealed class SessionProof(IAccessReader access)
{
    /// <summary>Checks what a token says against its session.</summary>
    public ValueTask<CredentialResult> ProveAsync(HttpContext context, TokenCheck check)
    {
        if (check.Token is not { } token)
            return ValueTask.FromResult(CredentialResult.Refused(check.IsExpired ? IdentityErrors.TokenExpired() : IdentityErrors.InvalidToken()));

        // Most sessions have been read within the last second: such a request pays for no state machine.
        var reading = ReadAsync(context, token);
        return reading.IsCompletedSuccessfully
            ? ValueTask.FromResult(Decide(token, reading.Result, context.TraceIdentifier))
            : DecideAsync(token, reading, context.TraceIdentifier);
    }

    /// <summary>Whether a token's session is live.</summary>
    public async Task<bool> IsLiveAsync(HttpContext context, AccessToken token) => (await ReadAsync(context, token)).IsLive;

    private Task<SessionAccess> ReadAsync(HttpContext context, AccessToken token) =>
        access.ReadSessionAsync(token.SessionId, token.UserId, token.TenantId, context.RequestAborted);

    private static async ValueTask<CredentialResult> DecideAsync(AccessToken token, Task<SessionAccess> reading, string correlationId) =>
        Decide(token, await reading, correlationId);

    private static CredentialResult Decide(AccessToken token, SessionAccess granted, string correlationId)
    {
        if (!granted.IsLive)
            return CredentialResult.Refused(IdentityErrors.SessionEnded());
        var identity = token.TenantId is null ? OperatorOf(token, granted, correlationId) : MemberOf(token, granted.Member, correlationId);
        return identity is null ? CredentialResult.Refused(IdentityErrors.MembershipEnded()) : CredentialResult.Proven(identity, token.Principal);
    }

    private static CallerIdentity? OperatorOf(AccessToken token, SessionAccess granted, string correlationId) => granted.IsHostOperator
        ? new(ActorTypes.User, token.UserId, IsHostOperator: true, Role: null, FrozenSet<string>.Empty, correlationId) { SessionId = token.SessionId }
        : null;

    private static CallerIdentity? MemberOf(AccessToken token, MemberAccess? member, string correlationId) => member is null
        ? null
        : new(ActorTypes.User, token.UserId, IsHostOperator: false, member.Role, member.Permissions, correlationId)
        {
            SessionId = token.SessionId,
            Grants = member.Grants,
        };
}
