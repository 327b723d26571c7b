using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Tells the signed-in user who they are, where they are and what they may do.</summary>
[SignedIn]
public sealed record GetMe : IQuery<Me>;

/// <summary>The signed-in user's situation.</summary>
/// <param name="User">The user.</param>
/// <param name="Tenant">The tenant the token opens.</param>
/// <param name="Memberships">All tenants the user is an active member of, at most 1,000; for an API key its own alone.</param>
/// <param name="Role">The name of the user's role in the tenant.</param>
/// <param name="Permissions">What the user may do in the tenant, in alphabetical order.</param>
/// <param name="Features">The features switched on for the tenant, beyond those everybody has.</param>
public sealed record Me(
    UserSummary User, TenantSummary Tenant, IReadOnlyList<MembershipSummary> Memberships, string Role, IReadOnlyList<string> Permissions, IReadOnlyList<string> Features);

/// <summary>A user in brief.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The name others see.</param>
public sealed record UserSummary(Guid Id, string Email, string Name);

/// <summary>A membership in brief.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Identifier">The tenant's short name.</param>
/// <param name="Role">The name of the user's role there.</param>
public sealed record MembershipSummary(Guid TenantId, string Identifier, string Role);

internal sealed class GetMeHandler(ICaller caller, IMultiTenantContextAccessor tenancy, IUserDirectory users) : IRequestHandler<GetMe, Me>
{
    public async Task<Me> Handle(GetMe request, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } userId || await users.FindAsync(userId, cancellationToken) is not { } user)
            throw IdentityErrors.MembershipEnded();
        var tenant = tenancy.MultiTenantContext.TenantInfo!;

        // A key is given to a program of one tenant, which is not to learn of its user's others.
        var memberships = await users.ListMembershipsAsync(userId, cancellationToken);
        return new Me(
            new UserSummary(user.Id, user.Email, user.Name),
            new TenantSummary(tenant.TenantId, tenant.Identifier, tenant.Name),
            [.. memberships.Where(m => caller.ApiKeyId is null || m.TenantId == tenant.TenantId).Select(m => new MembershipSummary(m.TenantId, m.Identifier, m.Role))],
            caller.Role!,
            [.. caller.Permissions.Order(StringComparer.Ordinal)],
            []);
    }
}
