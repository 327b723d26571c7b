using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Lists the user's live sessions, in all tenants, those used last first; at most 200.</summary>
[SignedIn(AtHost = true)]
[NeedsSession]
public sealed record ListSessions : IQuery<SessionList>;

/// <summary>A user's live sessions.</summary>
/// <param name="Data">The sessions, those used last first; at most 200.</param>
public sealed record SessionList(IReadOnlyList<SessionDto> Data);

/// <summary>A session of the user.</summary>
/// <param name="Id">The session.</param>
/// <param name="TenantId">The tenant it is for; null for the host.</param>
/// <param name="CreatedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When the session was opened or refreshed last.</param>
/// <param name="EndsAt">When it ends unless it is refreshed before.</param>
/// <param name="UserAgent">What the device said of itself last; null when it said nothing.</param>
/// <param name="IpAddress">The address it was opened or refreshed from last; null when not known.</param>
/// <param name="Place">How far away that address is: <c>local</c> for this machine, <c>private</c> for a network of one's own,
/// <c>public</c> for the rest of the world; null when not known. Clients must expect further ones.</param>
/// <param name="Current">Whether it is the session of the request itself.</param>
public sealed record SessionDto(
    Guid Id, Guid? TenantId, DateTime CreatedAt, DateTime LastUsedAt, DateTime EndsAt, string? UserAgent, string? IpAddress, string? Place, bool Current);

internal sealed class ListSessionsHandler(ICaller caller, ISessions sessions) : IRequestHandler<ListSessions, SessionList>
{
    public async Task<SessionList> Handle(ListSessions request, CancellationToken cancellationToken)
    {
        var userId = caller.UserId ?? throw IdentityErrors.Unauthenticated();
        var live = await sessions.ListAsync(userId, cancellationToken);
        return new SessionList([.. live.Select(s => new SessionDto(
            s.Id, s.TenantId, s.CreatedAt, s.LastUsedAt, s.EndsAt, s.UserAgent, s.IpAddress, ClientPlace.Of(s.IpAddress), s.Id == caller.SessionId))]);
    }
}
