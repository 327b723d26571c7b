namespace Crm.Application.Identity;

/// <summary>The tokens that prolong sessions. Each is used once; of a token nothing is stored but its hash.</summary>
public interface IRefreshTokens
{
    /// <summary>Finds the session a token belongs to, and how the token stands. Uses nothing up.</summary>
    Task<PresentedToken?> FindAsync(string token, CancellationToken cancellationToken);

    /// <summary>
    /// Uses a token up and prolongs its session. All who present the same token within the grace get the same successor, on whichever node.
    /// </summary>
    Task<string?> UseAsync(PresentedToken token, CancellationToken cancellationToken);
}

/// <summary>A refresh token that was presented and is known.</summary>
/// <param name="Value">The token.</param>
/// <param name="SessionId">The session it belongs to, which is live.</param>
/// <param name="UserId">The session's user.</param>
/// <param name="TenantId">The session's tenant; <c>null</c> for the host.</param>
/// <param name="Standing">Whether it was used before.</param>
/// <param name="Salt">What its successor is derived with; <c>null</c> while it is unused.</param>
public sealed record PresentedToken(string Value, Guid SessionId, Guid UserId, Guid? TenantId, TokenStanding Standing, byte[]? Salt)
{
    /// <summary>The session alone: the token must not end up in a log.</summary>
    public override string ToString() => $"{nameof(PresentedToken)} of {SessionId}";
}

/// <summary>Whether a refresh token was used before.</summary>
public enum TokenStanding
{
    /// <summary>It was not used yet.</summary>
    Unused,

    /// <summary>It was used a moment ago, as by two tabs of one browser at once.</summary>
    JustUsed,

    /// <summary>It was used some time ago: whoever presents it now, or whoever did before, has taken it from the other.</summary>
    Reused,
}
