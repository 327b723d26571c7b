using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
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
public sealed record SignIn(string? Tenant, string Email, string Password, string? Mode = null) : IAttempt<SignedIn>, IGuardsLockout
{
    internal User? ProvenUser { get; private set; }

    string? IAttempt.Account => Email;

    LimitCheck IAttempt.Limit { get; } = new();

    string IGuardsLockout.OfferedPassword => Password;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.InvalidCredentials();

    void IGuardsLockout.Prove(User user) => ProvenUser = user;

    internal IReadOnlyList<string> AlsoNamed { get; private init; } = [];

    /// <summary>Adds what names a tenant beside the body: a header, a host name. All of them must name the tenant that is opened.</summary>
    public SignIn Naming(IReadOnlyList<string> names) => this with { Tenant = Tenant ?? (names.Count > 0 ? names[0] : null), AlsoNamed = names };

    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(SignIn);
}

internal sealed class SignInValidator : RequestValidator<SignIn>
{
    public SignInValidator()
    {
        Member("/email", r => r.Email).MustBeEmail();
        Member("/password", r => r.Password).MustBeGiven();
        Member("/mode", r => r.Mode).Must(mode => mode is null or SignInModes.Bearer or SignInModes.Cookie)
            .WithErrorCode("invalid_choice").WithMessage($"One of: {SignInModes.Bearer}, {SignInModes.Cookie}.");
    }
}

internal sealed class SignInHandler(
    ICaller caller, IUserDirectory users, ISessions sessions, IAccessTokens tokens, ICsrfTokens csrf, IKnownDevices devices, ISecurityLog log)
    : IRequestHandler<SignIn, SignedIn>
{
    public async Task<SignedIn> Handle(SignIn request, CancellationToken cancellationToken)
    {
        // As the password was checked: a user that is read again might have another by now.
        var user = request.ProvenUser!;
        var tenant = await ChooseTenantAsync(user, request.Tenant, request.AlsoNamed, cancellationToken);
        var session = await sessions.OpenAsync(user, tenant?.Id, cancellationToken)
            ?? throw await FailedAsync(user, IdentityErrors.InvalidCredentials(), cancellationToken);
        await log.AppendAsync(SecurityActions.SignInSucceeded, $"user:{user.Id}", Opened(session, tenant), cancellationToken);

        // Nobody goes on with the session that was in the browser before, no matter whose it was.
        if (caller.BrowserSession is { } before)
            await sessions.RevokeAsync(before.UserId, before.SessionId, SessionEndings.Replaced, cancellationToken);
        var csrfToken = request.Mode == SignInModes.Cookie ? csrf.Of(session.Id) : null;
        var result = SignInResult.Of(tokens.Issue(user.Id, tenant?.Id, session.Id), session.RefreshToken, tenant, csrfToken);
        return new SignedIn(result, devices.Remember(user));
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
            return alsoNamed.All(name => Names(name, usable[0]))
                ? TenantSummary.Of(usable[0])
                : throw await FailedAsync(user, TenantErrors.NamedTwice(), cancellationToken);
        }

        if (usable.Count > 1)
            throw IdentityErrors.TenantRequired(usable.Select(TenantSummary.Of).ToArray());

        // A member who knows the password may learn that the tenant is suspended; to all others it does not exist.
        CrmException failure = candidates.Count > 0 ? TenantErrors.Suspended() : IdentityErrors.InvalidCredentials();
        throw await FailedAsync(user, failure, cancellationToken);
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
