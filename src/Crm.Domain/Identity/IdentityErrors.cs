using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>What can go wrong when someone proves who they are, and with the users of a tenant.</summary>
public static class IdentityErrors
{
    /// <summary>The request needs a signed-in caller, and carries no proof of one.</summary>
    /// <returns>The exception to throw.</returns>
    public static UnauthenticatedException Unauthenticated() =>
        new("unauthenticated", "Sign in first.");

    /// <summary>E-mail address, password or tenant are not right; which one is not told.</summary>
    /// <returns>The exception to throw.</returns>
    public static UnauthenticatedException InvalidCredentials() =>
        new("invalid_credentials", "The e-mail address or the password is not right.");

    /// <summary>The access token is malformed, altered, foreign or not for this system.</summary>
    /// <returns>The exception to throw.</returns>
    public static UnauthenticatedException InvalidToken() =>
        new("invalid_token", "The access token is not valid.");

    /// <summary>The access token was good once.</summary>
    /// <returns>The exception to throw.</returns>
    public static UnauthenticatedException TokenExpired() =>
        new("token_expired", "The access token has expired.");

    /// <summary>The token is good, but its user is no longer a member of its tenant, or no longer operates the host.</summary>
    /// <returns>The exception to throw.</returns>
    public static UnauthenticatedException MembershipEnded() =>
        new("membership_ended", "The user no longer has the membership the access token was issued for.");

    /// <summary>The user is a member of several tenants and has named none.</summary>
    /// <param name="tenants">The tenants to choose among, in the shape the API serves.</param>
    /// <returns>The exception to throw.</returns>
    public static ConflictException TenantRequired(object tenants) =>
        new("tenant_required", "The user is a member of several tenants; name one of them.", new Dictionary<string, object?> { ["tenants"] = tenants });

    /// <summary>The user to add is a member already.</summary>
    /// <returns>The exception to throw.</returns>
    public static ConflictException AlreadyMember() =>
        new("already_member", "A user with this e-mail address is a member of the tenant already.");

    /// <summary>The tenant has no role of that name.</summary>
    /// <returns>The exception to throw.</returns>
    public static InvalidException UnknownRole() =>
        new([FieldError.At("/role", "reference_not_found", "There is no such role.")]);

    /// <summary>The role to give may do more than the one who gives it.</summary>
    /// <returns>The exception to throw.</returns>
    public static ForbiddenException RoleExceedsCaller() =>
        new("role_exceeds_caller", "Nobody may give a role that has permissions they do not have themselves.");
}
