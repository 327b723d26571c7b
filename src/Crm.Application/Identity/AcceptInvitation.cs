using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Application.RateLimiting;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Identity;

/// <summary>
/// Makes the person who was invited a member, by the link that was mailed. One who has an account keeps name and password and sends none;
/// one who has none begins one.
/// </summary>
/// <param name="Token">The secret of the link.</param>
/// <param name="Name">The name others are to see; the invitation's when left out. Only for a new account.</param>
/// <param name="Password">The password of a new account.</param>
[Public]
public sealed record AcceptInvitation(string Token, string? Name = null, string? Password = null) : IAttempt<AcceptedInvitation>, ISetsPassword
{
    string? IAttempt.Account => Token;

    LimitCheck IAttempt.Limit { get; } = new();

    string? ISetsPassword.NewPassword => Password;

    static string ISetsPassword.PasswordPointer => "/password";

    /// <summary>The name alone: neither secret nor password must end up in a log.</summary>
    public override string ToString() => nameof(AcceptInvitation);
}

/// <summary>What came of accepting an invitation; sign in next.</summary>
/// <param name="User">The user.</param>
/// <param name="Tenant">The tenant the user is a member of now.</param>
public sealed record AcceptedInvitation(UserSummary User, TenantSummary Tenant);

internal sealed class AcceptInvitationValidator : RequestValidator<AcceptInvitation>
{
    public AcceptInvitationValidator()
    {
        Member("/token", r => r.Token).MustBeGiven();
        Optional("/name", r => r.Name).MustBeName();
    }
}

internal sealed class AcceptInvitationOwner(IOneTimeLinks links, IUserDirectory users, IMultiTenantStore tenants) : IPasswordOwnerOf<AcceptInvitation>
{
    public async Task<PasswordOwner> FindAsync(AcceptInvitation request, CancellationToken cancellationToken)
    {
        var (link, tenant) = await links.FindInvitationAsync(tenants, request.Token ?? "", cancellationToken);
        var user = await users.FindByEmailAsync(link.Email, cancellationToken);
        var owner = new PasswordOwner(user?.Id, user?.Name ?? request.Name ?? "", link.Email, [tenant.Identifier]);
        return owner.With(await users.DescribeAsync(user?.Id, cancellationToken)).Under(tenant.Settings);
    }
}

internal static class InvitationLinks
{
    /// <summary>Finds the link of an invitation that is still good, and the tenant that invites.</summary>
    public static async Task<(OneTimeLink Link, CrmTenantInfo Tenant)> FindInvitationAsync(
        this IOneTimeLinks links, IMultiTenantStore tenants, string token, CancellationToken cancellationToken)
    {
        var link = await links.FindAsync(LinkPurposes.Invitation, token, cancellationToken) ?? throw IdentityErrors.InvalidLink();

        // A link goes with its tenant, but the tenant can be removed just now.
        return (link, await tenants.GetAsync(link.InvitingTenantId!.Value, cancellationToken) ?? throw IdentityErrors.InvalidLink());
    }
}

internal sealed class AcceptInvitationHandler(
    IMediator mediator, IOneTimeLinks links, IUserDirectory users, IPasswords passwords, IMultiTenantStore tenants, ITenantScope scope,
    TimeProvider time) : IRequestHandler<AcceptInvitation, AcceptedInvitation>
{
    public async Task<AcceptedInvitation> Handle(AcceptInvitation request, CancellationToken cancellationToken)
    {
        var (link, tenant) = await links.FindInvitationAsync(tenants, request.Token, cancellationToken);
        if (tenant.Status != TenantStatuses.Active)
            throw TenantErrors.Suspended();

        using var within = scope.Use(tenant);
        var offer = await mediator.Send(new FindOffer(link.InvitationId!.Value), cancellationToken);
        var user = await users.FindByEmailAsync(link.Email, cancellationToken);
        if (user?.PasswordHash is not null && request.Password is not null)
            throw IdentityErrors.AccountExists();
        if (user?.PasswordHash is null && request.Password is null)
            throw IdentityErrors.PasswordNeeded();
        var hash = request.Password is null ? null : await passwords.HashAsync(request.Password, cancellationToken);
        var newcomer = new User { Email = link.Email, Name = request.Name ?? offer.Name, PasswordHash = hash, CreatedAt = time.GetUtcNow() };
        var member = await mediator.Send(new JoinTenant(offer.Id, link.Id, newcomer), cancellationToken);
        return new AcceptedInvitation(member, new TenantSummary(tenant.TenantId, tenant.Identifier, tenant.Name));
    }
}

/// <summary>Finds an invitation that can still be accepted; to be sent within the inviting tenant.</summary>
/// <param name="Id">The invitation.</param>
[Public]
internal sealed record FindOffer(Guid Id) : ICommand<Invitation>, ITransactional;

internal sealed class FindOfferHandler(ITenantSession session, IMembershipLock gate, TimeProvider time) : IRequestHandler<FindOffer, Invitation>
{
    public async Task<Invitation> Handle(FindOffer request, CancellationToken cancellationToken)
    {
        var offer = await session.Database.FindStandingAsync(request.Id, time.GetUtcNow(), cancellationToken);

        // Said before a password is hashed, which is costly; what counts is said when the person joins.
        await session.DemandRoomForUserAsync(gate, cancellationToken);
        return offer;
    }
}

internal static class StandingInvitations
{
    /// <summary>
    /// Finds an invitation that can still be accepted: neither revoked nor expired, nor of a member who was deactivated since.
    /// </summary>
    public static async Task<Invitation> FindStandingAsync(this ICrmDatabase database, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var offer = await database.Invitations.FirstOrDefaultAsync(i => i.Id == id && !database.Memberships.Any(m => m.Id == i.OwnerId && !m.Active), cancellationToken);
        return offer?.IsPending(now) == true ? offer : throw IdentityErrors.InvalidLink();
    }
}

/// <summary>
/// Uses a link up, sees to the account of whoever it was mailed to, and makes that user the caller and a member, as an invitation offers:
/// all of it or, when
/// it is refused, nothing. To be sent within the inviting tenant.
/// </summary>
/// <param name="InvitationId">The invitation.</param>
/// <param name="LinkId">The link that was mailed.</param>
/// <param name="Newcomer">The account to begin where there is none.</param>
[Public]
internal sealed record JoinTenant(Guid InvitationId, Guid LinkId, User Newcomer) : ICommand<UserSummary>, ITransactional
{
    /// <summary>The name alone: the hash of the password must not end up in a log.</summary>
    public override string ToString() => nameof(JoinTenant);
}

internal sealed class JoinTenantHandler(
    ITenantSession session, IMembershipLock gate, IInvitationDesk desk, ICaller caller, ICallerSetter callers, TimeProvider time) : IRequestHandler<JoinTenant, UserSummary>
{
    public async Task<UserSummary> Handle(JoinTenant request, CancellationToken cancellationToken)
    {
        // Before the link and the account are locked: whoever waits for this holds nothing that another waits for.
        await gate.HoldAsync(cancellationToken);
        var user = await desk.AdmitAsync(request.LinkId, request.Newcomer, cancellationToken) ?? throw IdentityErrors.InvalidLink();
        var database = session.Database;
        var invitation = await database.FindStandingAsync(request.InvitationId, time.GetUtcNow(), cancellationToken);
        if (!await database.Memberships.AnyAsync(m => m.Id == user.Id, cancellationToken))
        {
            await session.DemandRoomForUserAsync(gate, cancellationToken);
            database.Memberships.Add(new Membership { Id = user.Id, RoleId = invitation.RoleId });
        }

        invitation.Accept(time.GetUtcNow());
        callers.Set(new CallerIdentity(ActorTypes.User, user.Id, IsHostOperator: false, Role: null, new HashSet<string>(), caller.CorrelationId));
        return new UserSummary(user.Id, user.Email, user.Name);
    }
}
