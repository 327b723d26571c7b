using Crm.Domain.Common;

namespace Crm.Domain.ApiKeys;

/// <summary>What can go wrong with API keys.</summary>
public static class ApiKeyErrors
{
    /// <summary>
    /// The key is malformed, unknown, revoked, expired, used from elsewhere, or its member is gone; which of these is not told.
    /// </summary>
    public static UnauthenticatedException Invalid() => new("invalid_api_key", "The API key is not valid.");

    /// <summary>Two proofs were sent that are not the same.</summary>
    public static UnauthenticatedException Ambiguous() =>
        new("ambiguous_credentials", "The request carries two different proofs of identity; send one.");

    /// <summary>A key is to do what only a signed-in user may.</summary>
    public static ForbiddenException SessionRequired() => new("session_required", "This needs a signed-in user; an API key cannot do it.");

    /// <summary>The key to be made would have permissions its maker lacks.</summary>
    public static ForbiddenException ScopesExceedCaller(IEnumerable<string> missing) =>
        new("scopes_exceed_caller", $"A key can have no permissions that its maker lacks: {string.Join(", ", missing)}.");

    /// <summary>The key acts for somebody else.</summary>
    public static ForbiddenException NotOwn() => new("not_own_api_key", "Only the user the key acts for can have its new secret, or change where and how long it is good.");
}
