using Crm.Domain.Common;

namespace Crm.Domain.Identity;

/// <summary>What can go wrong when someone proves who they are, and with the users of a tenant.</summary>
public static class IdentityErrors
{
    /// <summary>The request needs a signed-in caller, and carries no proof of one.</summary>
    public static UnauthenticatedException Unauthenticated() =>
        new("unauthenticated", "Sign in first.");

    /// <summary>E-mail address, password or tenant are not right; which one is not told.</summary>
    public static UnauthenticatedException InvalidCredentials() =>
        new("invalid_credentials", "The e-mail address or the password is not right.");

    /// <summary>The access token is malformed, altered, foreign or not for this system.</summary>
    public static UnauthenticatedException InvalidToken() =>
        new("invalid_token", "The access token is not valid.");

    /// <summary>The access token was good once.</summary>
    public static UnauthenticatedException TokenExpired() =>
        new("token_expired", "The access token has expired.");

    /// <summary>The token is good, but its user is no longer a member of its tenant, or no longer operates the host.</summary>
    public static UnauthenticatedException MembershipEnded() =>
        new("membership_ended", "The user no longer has the membership the access token was issued for.");

    /// <summary>The access token is good, but its session was signed out or revoked, or has come to its end.</summary>
    public static UnauthenticatedException SessionEnded() =>
        new("session_ended", "The session has ended; sign in again.");

    /// <summary>The refresh token is malformed, unknown, expired or used up, or its session is over; which of them is not told.</summary>
    public static UnauthenticatedException InvalidRefreshToken() =>
        new("invalid_refresh_token", "The refresh token is not valid; sign in again.");

    /// <summary>A request that a browser may have been made to send, without the token that shows otherwise.</summary>
    public static ForbiddenException CsrfTokenMissing() =>
        new("csrf_token_missing", "A session in a cookie needs the header X-CSRF-Token for this.");

    /// <summary>The CSRF token is not that of the session.</summary>
    public static ForbiddenException InvalidCsrfToken() =>
        new("csrf_token_invalid", "The token in X-CSRF-Token is not that of this session.");

    /// <summary>A body that a form of any page can send, with a session in a cookie.</summary>
    public static ForbiddenException CsrfContentType() =>
        new("csrf_content_type", "A session in a cookie takes no body that a form of any page can send; send JSON.");

    /// <summary>The user has no live session of that id.</summary>
    public static NotFoundException SessionNotFound() => new("session");

    /// <summary>The user is a member of several tenants and has named none.</summary>
    public static ConflictException TenantRequired(object tenants) =>
        new("tenant_required", "The user is a member of several tenants; name one of them.", new Dictionary<string, object?> { ["tenants"] = tenants });

    /// <summary>The user to add is a member already.</summary>
    public static ConflictException AlreadyMember() =>
        new("already_member", "A user with this e-mail address is a member of the tenant already.");

    /// <summary>The person to invite was invited already, and may still accept.</summary>
    public static ConflictException AlreadyInvited() =>
        new("already_invited", "This e-mail address was invited already; the invitation can be sent again or revoked.");

    /// <summary>The tenant had mails sent to the address just now, or many of them within the day.</summary>
    public static ConflictException MailedTooOften() => new(
        "mailed_too_often", FormattableString.Invariant($"A tenant has an invitation mailed to an address once a minute and {Invitation.MostMailsADay} times a day at most, those taken back included."));

    /// <summary>The secret of a link is unknown, used, expired or for another purpose; which of these is not told.</summary>
    public static InvalidException InvalidLink() =>
        new([FieldError.At("/token", "invalid_link", "The link is not valid any more; ask for a new one.")]);

    /// <summary>The password offered as proof is not the user's.</summary>
    public static InvalidException WrongPassword(string pointer) =>
        new([FieldError.At(pointer, "wrong_password", "This is not the password.")]);

    /// <summary>The person has an account, whose password is not changed in passing.</summary>
    public static InvalidException AccountExists(string pointer = "/password") =>
        new([FieldError.At(pointer, "account_exists", "There is an account with this e-mail address, which keeps its password: leave it out.")]);

    /// <summary>The person has no password yet and none was given.</summary>
    public static InvalidException PasswordNeeded(string pointer = "/password") =>
        new([FieldError.At(pointer, "required", "This member is required for a new account.")]);

    /// <summary>The new e-mail address was taken by another user before it was confirmed.</summary>
    public static ConflictException EmailTaken() =>
        new("email_taken", "Another user has this e-mail address.");

    /// <summary>The tenant has no role of that name, or of that id.</summary>
    public static InvalidException UnknownRole(string pointer = "/role") =>
        new([FieldError.At(pointer, "reference_not_found", "There is no such role.")]);
}
