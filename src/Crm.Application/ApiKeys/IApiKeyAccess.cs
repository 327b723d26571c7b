using System.Net;
using System.Security.Claims;
using Crm.Application.Authorization;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Tells what an API key allows at present. Answers may be up to a second old (<c>Access:CacheFor</c>), so that a revocation takes effect
/// everywhere by then.
/// </summary>
public interface IApiKeyAccess
{
    /// <summary>Whether a text is meant to be an API key, so that it is not taken for an access token.</summary>
    bool IsMeant(ReadOnlySpan<char> text);

    /// <summary>Checks an API key. One that cannot be one, by its form or checksum, costs no trip to the database.</summary>
    Task<ApiKeyCheck> CheckAsync(string text, IPAddress? address, CancellationToken cancellationToken);

    /// <summary>
    /// Reads what a key allows that was checked before, for work that goes on after its request. The address no longer counts.
    /// </summary>
    Task<ApiKeyAccess?> ReadAsync(Guid tenantId, Guid apiKeyId, CancellationToken cancellationToken);
}

/// <summary>The outcome of checking an API key.</summary>
/// <param name="Access">What it allows; <c>null</c> when it is refused, for whatever reason.</param>
/// <param name="Refused">The key, when it is a known one that is refused; <c>null</c> otherwise.</param>
public readonly record struct ApiKeyCheck(ApiKeyAccess? Access, RefusedApiKey? Refused);

/// <summary>A known key that is refused; its caller is not to learn that it is known.</summary>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Id">The key.</param>
/// <param name="Reason">One of <see cref="Domain.ApiKeys.ApiKeyRefusals"/>.</param>
public sealed record RefusedApiKey(Guid TenantId, Guid Id, string Reason);

/// <summary>What an API key allows at present.</summary>
/// <param name="Id">The key.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="UserId">The member it acts for.</param>
/// <param name="Member">What the member may do, cut down to the key's scopes.</param>
/// <param name="Principal">The same as claims; shared among requests, so nobody may add to it.</param>
public sealed record ApiKeyAccess(Guid Id, Guid TenantId, Guid UserId, MemberAccess Member, ClaimsPrincipal Principal)
{
    /// <summary>Makes a caller of it.</summary>
    public CallerIdentity ToCaller(string correlationId) =>
        new(Domain.ChangeLog.ActorTypes.ApiKey, UserId, IsHostOperator: false, Member.Role, Member.Permissions, correlationId) { ApiKeyId = Id, Grants = Member.Grants };
}
