using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity.Lockout;
using Crm.Application.Messaging;
using Crm.Application.RateLimiting;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Proves who the caller is and opens one tenant, or the host, for a while.</summary>
/// <param name="Tenant">The tenant to open, by identifier or id; may be left out by the host's operator and by members of one
/// tenant.</param>
/// <param name="Email">The user's e-mail address, in any case.</param>
/// <param name="Password">The user's password.</param>
/// <param name="Mode">How the tokens are handed out: <c>bearer</c>, in the answer, which is the default; <c>cookie</c>, in cookies that no
/// script can read, for pages.</param>
[Public]
public sealed record SignIn(string? Tenant, string Email, string Password, string? Mode = null) : ICommand<SignInResult>, IGuardsLockout, IRateLimitedByAccount
{
    string? IGuardsLockout.AccountEmail => Email;

    string IGuardsLockout.OfferedPassword => Password;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.InvalidCredentials();

    string IRateLimitedByAccount.RateLimitedAccount => Email;

    internal IReadOnlyList<string> AlsoNamed { get; private init; } = [];

    /// <summary>Adds what names a tenant beside the body: a header, a host name. All of them must name the tenant that is opened.</summary>
    public SignIn Naming(IReadOnlyList<string> names) => this with { Tenant = Tenant ?? (names.Count > 0 ? names[0] : null), AlsoNamed = names };

    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(SignIn);
}

/// <summary>What one gets for signing in.</summary>
/// <param name="AccessToken">The token, to be sent as <c>Authorization: Bearer</c>; <c>null</c> when it is in a cookie.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">How long the token is good for, in seconds.</param>
/// <param name="RefreshToken">What the next pair of tokens is had for, once; at <c>/api/v1/auth/refresh</c>. <c>null</c> when it is in a
/// cookie.</param>
/// <param name="Tenant">The tenant it opens; <c>null</c> when it opens the host.</param>
/// <param name="CsrfToken">What a page sends as <c>X-CSRF-Token</c> with everything it changes; <c>null</c> unless the tokens are in
/// cookies.</param>
public sealed record SignInResult(string? AccessToken, string TokenType, int ExpiresIn, string? RefreshToken, TenantSummary? Tenant, string? CsrfToken = null)
{
    /// <summary>The name alone: the tokens must not end up in a log.</summary>
    public override string ToString() => nameof(SignInResult);

    internal static SignInResult Of(IssuedToken token, string refreshToken, TenantSummary? tenant, string? csrfToken = null) =>
        new(token.Value, "Bearer", (int)token.ExpiresIn.TotalSeconds, refreshToken, tenant, csrfToken);
}

/// <summary>A tenant in brief.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Identifier">The short name.</param>
/// <param name="Name">The name people see.</param>
public sealed record TenantSummary(Guid Id, string Identifier, string Name)
{
    internal static TenantSummary Of(UserMembership membership) => new(membership.TenantId, membership.Identifier, membership.TenantName);
}

/// <summary>How the tokens of a sign-in are handed out.</summary>
public static class SignInModes
{
    /// <summary>In the answer.</summary>
    public const string Bearer = "bearer";

    /// <summary>In cookies that no script can read.</summary>
    public const string Cookie = "cookie";
}

internal sealed class SignInValidator : AbstractValidator<SignIn>
{
    public SignInValidator()
    {
        RuleFor(r => r.Email).EmailAt("/email");
        RuleFor(r => r.Password).NeededAt("/password");
        RuleFor(r => r.Mode).Must(mode => mode is null or SignInModes.Bearer or SignInModes.Cookie)
            .WithErrorCode("invalid_choice").WithMessage($"One of: {SignInModes.Bearer}, {SignInModes.Cookie}.").OverridePropertyName("/mode");
    }
}

internal sealed class SignInHandler(
    PasswordProof proof, IUserDirectory users, ISessions sessions, IAccessTokens tokens, ICsrfTokens csrf, ClientDevice device, ISecurityLog log) : IRequestHandler<SignIn, SignInResult>
{
    public async Task<SignInResult> Handle(SignIn request, CancellationToken cancellationToken)
    {
        // As the password was checked: of a user read again it might be another's.
        var user = proof.User;
        var tenant = await ChooseTenantAsync(user, request.Tenant, request.AlsoNamed, cancellationToken);
        var session = await sessions.OpenAsync(user, tenant?.Id, cancellationToken)
            ?? throw await FailedAsync(user, IdentityErrors.InvalidCredentials(), cancellationToken);
        await log.AppendAsync(SecurityActions.SignInSucceeded, $"user:{user.Id}", Opened(session, tenant), cancellationToken);

        // Nobody goes on with what was in the browser before, whoever it was that signed in there.
        if (device.KeptSession is { } kept)
            await sessions.RevokeAsync(kept.UserId, kept.SessionId, SessionEndings.Replaced, cancellationToken);
        return SignInResult.Of(
            tokens.Issue(user.Id, tenant?.Id, session.Id), session.RefreshToken, tenant, request.Mode == SignInModes.Cookie ? csrf.Of(session.Id) : null);
    }

    private async Task<TenantSummary?> ChooseTenantAsync(User user, string? tenant, IReadOnlyList<string> alsoNamed, CancellationToken cancellationToken)
    {
        if (tenant is null && user.IsHostOperator)
            return null;

        var memberships = await users.ListMembershipsAsync(user.Id, cancellationToken);
        var candidates = tenant is null ? memberships : [.. memberships.Where(m => Names(tenant, m))];
        var usable = candidates.Where(m => m.TenantStatus == TenantStatuses.Active).ToList();
        if (usable.Count == 1)
        {
            // Only now, when the password was right and the tenant is one's own, and alike for names that exist and others: nothing is
            // learnt by it.
            return alsoNamed.All(name => Names(name, usable[0])) ? TenantSummary.Of(usable[0]) : throw await FailedAsync(user, TenantErrors.NamedTwice(), cancellationToken);
        }

        if (usable.Count > 1)
            throw IdentityErrors.TenantRequired(usable.Select(TenantSummary.Of).ToArray());

        // Whoever is a member and knows the password may learn that the tenant is suspended; to all others it does not exist.
        throw await FailedAsync(user, candidates.Count > 0 ? TenantErrors.Suspended() : IdentityErrors.InvalidCredentials(), cancellationToken);
    }

    private async Task<CrmException> FailedAsync(User user, CrmException failure, CancellationToken cancellationToken)
    {
        await log.AppendAsync(
            SecurityActions.SignInFailed, $"user:{user.Id}",
            new Dictionary<string, string> { ["email"] = user.Email, ["code"] = failure.Code }, cancellationToken);
        return failure;
    }

    private static bool Names(string tenant, UserMembership membership) =>
        string.Equals(tenant, membership.Identifier, StringComparison.OrdinalIgnoreCase)
        || (Guid.TryParseExact(tenant, "D", out var id) && id == membership.TenantId);

    private static Dictionary<string, string> Opened(OpenedSession session, TenantSummary? tenant)
    {
        var fields = new Dictionary<string, string> { [SecurityFields.SessionId] = session.Id.ToString() };
        if (tenant is null)
            fields["scope"] = TokenClaims.HostScope;
        else
            fields[SecurityFields.TenantId] = tenant.Id.ToString();
        return fields;
    }
}
