namespace Crm.Domain.Identity;

/// <summary>Why sessions are revoked.</summary>
public static class SessionEndings
{
    /// <summary>The user signed out.</summary>
    public const string SignedOut = "signed_out";

    /// <summary>The user signed out of all sessions at once.</summary>
    public const string SignedOutEverywhere = "signed_out_everywhere";

    /// <summary>The user ended it from another session.</summary>
    public const string Revoked = "revoked";

    /// <summary>A refresh token was presented again long after its use, so one of two who have it is not the user.</summary>
    public const string RefreshTokenReused = "refresh_token_reused";

    /// <summary>The user's password was changed.</summary>
    public const string PasswordChanged = "password_changed";

    /// <summary>The user was deactivated in the session's tenant.</summary>
    public const string Deactivated = "deactivated";

    /// <summary>Somebody signed in in the browser that kept it in its cookies.</summary>
    public const string Replaced = "replaced";

    /// <summary>The user opened one session more than a user may have; this was the one used longest ago.</summary>
    public const string TooManySessions = "too_many_sessions";
}
