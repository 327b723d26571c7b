using System.Net;
using Crm.Domain.Common;

namespace Crm.Application.Authorization;

/// <summary>Who makes the present request, and what the caller may do. One per scope.</summary>
public interface ICaller
{
    /// <summary>One of <see cref="Domain.ChangeLog.ActorTypes"/>.</summary>
    string ActorType { get; }

    /// <summary>The user; <c>null</c> for an anonymous request and for the system itself.</summary>
    Guid? UserId { get; }

    /// <summary>The session the caller's access token belongs to; <c>null</c> for whoever has none, as jobs and the system.</summary>
    Guid? SessionId { get; }

    /// <summary>The API key by which a program acts for the user; <c>null</c> for whoever has none.</summary>
    Guid? ApiKeyId { get; }

    /// <summary>Who is told to have made a change: the API key, else the user.</summary>
    Guid? ActorId => ApiKeyId ?? UserId;

    /// <summary>
    /// The live session that the browser of an unknown caller has in its cookies, once its page has shown the CSRF token; <c>null</c> without
    /// one.
    /// </summary>
    BrowserSession? BrowserSession { get; }

    /// <summary>Whether the caller has proved who it is.</summary>
    bool IsAuthenticated { get; }

    /// <summary>Why the proof that the caller sent does not hold; <c>null</c> when it does, or when none was sent.</summary>
    UnauthenticatedException? Refusal { get; }

    /// <summary>Whether the caller acts as the host's operator, above tenants.</summary>
    bool IsHostOperator { get; }

    /// <summary>The name of the caller's role in the present tenant; <c>null</c> outside of one.</summary>
    string? Role { get; }

    /// <summary>What the caller may do in the present tenant.</summary>
    IReadOnlySet<string> Permissions { get; }

    /// <summary>Which records these permissions cover, and which of their fields.</summary>
    RecordGrants Grants { get; }

    /// <summary>The trace or job the request belongs to; kept with every change.</summary>
    string? CorrelationId { get; }

    /// <summary>The address the request came from; <c>null</c> for jobs, commands and the system itself. Kept with every change.</summary>
    IPAddress? Address { get; }
}

/// <summary>Sets the caller of the present scope; used where requests, jobs and commands come in.</summary>
public interface ICallerSetter
{
    /// <summary>Replaces the caller.</summary>
    void Set(CallerIdentity caller);

    /// <summary>Keeps why a proof does not hold; the caller stays unknown, and is told so by whatever needs a known one.</summary>
    void Refuse(UnauthenticatedException refusal);

    /// <summary>Keeps the session that the browser of an unknown caller has in its cookies.</summary>
    void Brings(BrowserSession session);

    /// <summary>Keeps where a request comes from, whoever turns out to have made it.</summary>
    void ComesFrom(IPAddress? address, string correlationId);
}

/// <summary>A session that a browser has in its cookies.</summary>
/// <param name="UserId">The session's user.</param>
/// <param name="SessionId">The session.</param>
public sealed record BrowserSession(Guid UserId, Guid SessionId);

/// <summary>A caller as it was found out.</summary>
/// <param name="ActorType">One of <see cref="Domain.ChangeLog.ActorTypes"/>.</param>
/// <param name="UserId">The user, if any.</param>
/// <param name="IsHostOperator">Whether it acts as the host's operator.</param>
/// <param name="Role">The role in the tenant, if any.</param>
/// <param name="Permissions">What it may do in the tenant.</param>
/// <param name="CorrelationId">The trace or job.</param>
public sealed record CallerIdentity(
    string ActorType, Guid? UserId, bool IsHostOperator, string? Role, IReadOnlySet<string> Permissions, string? CorrelationId)
{
    /// <summary>The session of the caller's access token, if there is one.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>Which records the permissions cover, and which of their fields; all unless said otherwise.</summary>
    public RecordGrants Grants { get; init; } = RecordGrants.Full;

    /// <summary>The API key by which a program acts for the user, if there is one.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>The system itself: may do everything, in whichever tenant is the present one.</summary>
    public static CallerIdentity System(string? correlationId) => new(
        Domain.ChangeLog.ActorTypes.System, null, IsHostOperator: true, null, Domain.Identity.Permissions.All.ToHashSet(), correlationId);
}

/// <summary>The caller of the present scope; anonymous until set.</summary>
internal sealed class Caller : ICaller, ICallerSetter
{
    private static readonly CallerIdentity Anonymous = new(Domain.ChangeLog.ActorTypes.User, null, false, null, new HashSet<string>(), null);
    private CallerIdentity _identity = Anonymous;
    private IPAddress? _address;
    private string? _trace;

    public string ActorType => _identity.ActorType;

    public Guid? UserId => _identity.UserId;

    public Guid? SessionId => _identity.SessionId;

    public Guid? ApiKeyId => _identity.ApiKeyId;

    public bool IsAuthenticated => !ReferenceEquals(_identity, Anonymous);

    public bool IsHostOperator => _identity.IsHostOperator;

    public string? Role => _identity.Role;

    public IReadOnlySet<string> Permissions => _identity.Permissions;

    public RecordGrants Grants => _identity.Grants;

    public string? CorrelationId => _identity.CorrelationId ?? _trace;

    public IPAddress? Address => _address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : _address;

    public BrowserSession? BrowserSession { get; private set; }

    public UnauthenticatedException? Refusal { get; private set; }

    public void Set(CallerIdentity caller) => _identity = caller;

    public void Refuse(UnauthenticatedException refusal) => Refusal = refusal;

    public void Brings(BrowserSession session) => BrowserSession = session;

    public void ComesFrom(IPAddress? address, string correlationId) => (_address, _trace) = (address, correlationId);
}
