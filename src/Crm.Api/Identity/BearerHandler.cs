using System.Collections.Frozen;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Crm.Api.Identity;

/// <summary>
/// Finds out who makes a request from its access token, and what they may do at present. Implements the framework's interface and not its
/// base class, whose options, events and loggers would be made for every request and serve nothing here.
/// </summary>
internal sealed class BearerHandler(IAccessTokens tokens, IAccessReader access, ICallerSetter caller) : IAuthenticationHandler
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    private HttpContext _context = null!;
    private UnauthenticatedException? _refusal;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync()
    {
        // Where anyone may call, no proof is looked at: a client can sign in with its old token still attached.
        var endpoint = _context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return AuthenticateResult.NoResult();

        var header = _context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        var check = tokens.Check(header[Prefix.Length..].Trim());
        if (check.Token is not { } token)
            return Refuse(check.IsExpired ? IdentityErrors.TokenExpired() : IdentityErrors.InvalidToken());
        var granted = await access.ReadSessionAsync(token.SessionId, token.UserId, token.TenantId, _context.RequestAborted);
        if (!granted.IsLive)
            return Refuse(IdentityErrors.SessionEnded());
        if (Identify(token, granted) is not { } identity)
            return Refuse(IdentityErrors.MembershipEnded());

        caller.Set(identity);
        return AuthenticateResult.Success(new AuthenticationTicket(token.Principal, SchemeName));
    }

    // A refusal is an exception like every other, so that one place gives it its shape.
    public Task ChallengeAsync(AuthenticationProperties? properties) => throw _refusal ?? IdentityErrors.Unauthenticated();

    // What a known caller may not do is decided by the access rules, never by the scheme.
    public Task ForbidAsync(AuthenticationProperties? properties) => throw new ForbiddenException("forbidden", "This is not allowed.");

    private AuthenticateResult Refuse(UnauthenticatedException refusal)
    {
        _refusal = refusal;
        return AuthenticateResult.Fail(refusal);
    }

    private CallerIdentity? Identify(AccessToken token, SessionAccess granted)
    {
        if (token.TenantId is null)
            return granted.IsHostOperator ? Caller(token, role: null, FrozenSet<string>.Empty, isHostOperator: true) : null;
        return granted.Member is { } member ? Caller(token, member.Role, member.Permissions, isHostOperator: false) : null;
    }

    private CallerIdentity Caller(AccessToken token, string? role, IReadOnlySet<string> permissions, bool isHostOperator) =>
        new(ActorTypes.User, token.UserId, isHostOperator, role, permissions, _context.TraceIdentifier) { SessionId = token.SessionId };
}
