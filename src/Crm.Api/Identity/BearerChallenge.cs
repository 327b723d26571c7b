using Crm.Domain.Common;

namespace Crm.Api.Identity;

/// <summary>What <c>WWW-Authenticate</c> says on a 401 (RFC 6750, section 3).</summary>
internal static class BearerChallenge
{
    /// <summary>Tells a caller who sent no proof which one is wanted, and one whose proof does not hold why.</summary>
    public static string For(UnauthenticatedException refusal) => refusal.Code switch
    {
        "invalid_token" or "token_expired" or "membership_ended" or "session_ended" or "invalid_api_key" => $"Bearer error=\"invalid_token\", error_description=\"{refusal.Message}\"",
        _ => "Bearer",
    };
}
