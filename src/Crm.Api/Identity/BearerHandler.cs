using System.Collections.Frozen;
using System.Text.Encodings.Web;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Crm.Api.Identity;

/// <summary>Finds out who makes a request from its access token, and what they may do at present.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder,
    IAccessTokens tokens, IAccessReader access, ICallerSetter caller)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Where anyone may call, no proof is looked at: a client can sign in with its old token still attached.
        var endpoint = Context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return AuthenticateResult.NoResult();

        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        var check = tokens.Check(header[Prefix.Length..].Trim());
        if (check.Token is not { } token)
            return AuthenticateResult.Fail(check.IsExpired ? IdentityErrors.TokenExpired() : IdentityErrors.InvalidToken());
        if (await IdentifyAsync(token) is not { } identity)
            return AuthenticateResult.Fail(IdentityErrors.MembershipEnded());

        caller.Set(identity);
        return AuthenticateResult.Success(new AuthenticationTicket(token.Principal, SchemeName));
    }

    // A refusal is an exception like every other, so that one place gives it its shape.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        throw result.Failure as UnauthenticatedException ?? IdentityErrors.Unauthenticated();
    }

    private async Task<CallerIdentity?> IdentifyAsync(AccessToken token)
    {
        var correlationId = Context.TraceIdentifier;
        if (token.TenantId is not { } tenantId)
        {
            return await access.IsHostOperatorAsync(token.UserId, Context.RequestAborted)
                ? new CallerIdentity(ActorTypes.User, token.UserId, IsHostOperator: true, Role: null, FrozenSet<string>.Empty, correlationId)
                : null;
        }

        return await access.ReadAsync(tenantId, token.UserId, Context.RequestAborted) is { } member
            ? new CallerIdentity(ActorTypes.User, token.UserId, IsHostOperator: false, member.Role, member.Permissions, correlationId)
            : null;
    }
}
