namespace Crm.Application.Audit;

/// <summary>What the log of security events tells of.</summary>
public static class SecurityActions
{
    /// <summary>A tenant was created and is ready to use.</summary>
    public const string TenantCreated = "tenant_created";

    /// <summary>A tenant was suspended.</summary>
    public const string TenantSuspended = "tenant_suspended";

    /// <summary>A tenant was put in use again.</summary>
    public const string TenantActivated = "tenant_activated";

    /// <summary>A tenant's name, identifier, currency, plan or limits were changed.</summary>
    public const string TenantChanged = "tenant_changed";

    /// <summary>A tenant's own settings were changed by its admins.</summary>
    public const string TenantSettingsChanged = "tenant_settings_changed";

    /// <summary>A tenant was closed, to be removed when its time of grace is over.</summary>
    public const string TenantDeleted = "tenant_deleted";

    /// <summary>A tenant that was to be removed was kept.</summary>
    public const string TenantRestored = "tenant_restored";

    /// <summary>The last row of a tenant was removed. Written by the database, in the transaction that removed it.</summary>
    public const string TenantPurged = "tenant_purged";

    /// <summary>A user of a tenant was deactivated.</summary>
    public const string UserDeactivated = "user_deactivated";

    /// <summary>A user of a tenant was put in use again.</summary>
    public const string UserActivated = "user_activated";

    /// <summary>A user was made owner of a tenant or operator of the host, or got a new password that way.</summary>
    public const string AdminCreated = "admin_created";

    /// <summary>A new key to sign access tokens with was added.</summary>
    public const string SigningKeyRotated = "signing_key_rotated";

    /// <summary>A new pepper for the hashes of API keys was added.</summary>
    public const string PepperRotated = "pepper_rotated";

    /// <summary>
    /// An API key that is known was refused; <c>reason</c> is one of <see cref="Domain.ApiKeys.ApiKeyRefusals"/>. At most one entry a
    /// minute, key and node.
    /// </summary>
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

    /// <summary>
    /// A request was refused (403) or named what does not exist for the caller (404): <c>code</c>, and how many times within a minute in
    /// <c>count</c>.
    /// </summary>
    public const string AccessDenied = "access_denied";

    /// <summary>
    /// Attempts to prove who somebody is were refused because there were too many (429): how many times within a minute in <c>count</c>.
    /// </summary>
    public const string AttemptsLimited = "attempts_limited";

    /// <summary>Somebody who is signed in was asked for the password and gave a wrong one.</summary>
    public const string PasswordRefused = "password_refused";

    /// <summary>
    /// After too many wrong passwords an account is locked for a while: for strangers, or for the one known device or session that
    /// <c>device</c> names.
    /// </summary>
    public const string AccountLocked = "account_locked";

    /// <summary>An account was unlocked before its time.</summary>
    public const string AccountUnlocked = "account_unlocked";

    /// <summary>
    /// One session was revoked, by signing out, say; <c>reason</c> is one of <see cref="Domain.Identity.SessionEndings"/>.
    /// </summary>
    public const string SessionRevoked = "session_revoked";

    /// <summary>
    /// All sessions of a user were revoked, or all but one; <c>reason</c> is one of <see cref="Domain.Identity.SessionEndings"/>.
    /// </summary>
    public const string SessionsRevoked = "sessions_revoked";

    /// <summary>Another key-encryption key wraps the data keys.</summary>
    public const string KeyEncryptionKeyRotated = "key_encryption_key_rotated";

    /// <summary>A tenant, or each, got another data key, and its secrets were encrypted anew.</summary>
    public const string DataKeysRotated = "data_keys_rotated";

    /// <summary>Secrets from before a column was encrypted were encrypted, in all tenants.</summary>
    public const string SecretsEncrypted = "secrets_encrypted";

    /// <summary>A stored secret is not what was stored: it was changed, moved or swapped, or its key is missing.</summary>
    public const string SecretUnreadable = "secret_unreadable";
}
