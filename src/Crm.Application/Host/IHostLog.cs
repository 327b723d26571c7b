namespace Crm.Application.Host;

/// <summary>The log of what happens above tenants: append-only, each entry in a transaction of its own, so that it survives a failed request.</summary>
public interface IHostLog
{
    /// <summary>Appends an entry in the name of the present caller.</summary>
    /// <param name="action">What happened; one of <see cref="HostActions"/>.</param>
    /// <param name="subject">What it happened to, such as <c>tenant:{id}</c>.</param>
    /// <param name="fields">Further details; never a secret.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the entry is lasting.</returns>
    Task AppendAsync(string action, string subject, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken);
}

/// <summary>What the host's log tells of.</summary>
public static class HostActions
{
    /// <summary>A tenant was created and is ready to use.</summary>
    public const string TenantCreated = "tenant_created";

    /// <summary>A tenant was suspended.</summary>
    public const string TenantSuspended = "tenant_suspended";

    /// <summary>A tenant was put in use again.</summary>
    public const string TenantActivated = "tenant_activated";

    /// <summary>A user was made owner of a tenant or operator of the host, or got a new password that way.</summary>
    public const string AdminCreated = "admin_created";

    /// <summary>A new key to sign access tokens with was added.</summary>
    public const string SigningKeyRotated = "signing_key_rotated";

    /// <summary>A new pepper for the hashes of API keys was added.</summary>
    public const string PepperRotated = "pepper_rotated";

    /// <summary>An API key that is known was refused; <c>reason</c> is one of <see cref="Domain.ApiKeys.ApiKeyRefusals"/>. At most one entry a minute, key and node.</summary>
    public const string ApiKeyRefused = "api_key_refused";

    /// <summary>A user signed in.</summary>
    public const string SignInSucceeded = "sign_in_succeeded";

    /// <summary>A user chose another password.</summary>
    public const string PasswordChanged = "password_changed";

    /// <summary>A user replaced a forgotten password by a link.</summary>
    public const string PasswordReset = "password_reset";

    /// <summary>A user's e-mail address was changed by a link.</summary>
    public const string EmailChanged = "email_changed";

    /// <summary>Somebody failed to sign in.</summary>
    public const string SignInFailed = "sign_in_failed";

    /// <summary>One session was revoked, by signing out, say; <c>reason</c> is one of <see cref="Domain.Identity.SessionEndings"/>.</summary>
    public const string SessionRevoked = "session_revoked";

    /// <summary>All sessions of a user were revoked, or all but one; <c>reason</c> is one of <see cref="Domain.Identity.SessionEndings"/>.</summary>
    public const string SessionsRevoked = "sessions_revoked";
}
