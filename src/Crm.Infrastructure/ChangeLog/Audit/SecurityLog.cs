using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.MultiTenancy;
using Crm.Domain.ChangeLog;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>Writes each security event to the log it belongs to: the tenant's, or the host's.</summary>
[Scoped]
internal sealed class SecurityLog(
    SecurityEventWriter writer, EventCounts counts, ICaller caller, ClientDevice device, RequestOrigin origin,
    IMultiTenantContextAccessor tenants) : ISecurityLog
{
    public Task AppendAsync(string action, string subject, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        var (actorType, actorId) = ActorOf(action, subject);
        var actor = new EventActor(actorType, actorId, caller.Address, SessionOf(fields));
        var tenantId = TenantOf(fields);

        // Beyond the limit only the number is logged: guessing passwords must not fill the log.
        if (action == SecurityActions.SignInFailed && !counts.AdmitsFailureFrom(actor.Address))
        {
            var anyone = new EventActor(actor.Type, null, actor.Address, null);
            counts.Count(new EventKey(tenantId, action, anyone, origin.Name, fields.GetValueOrDefault("code", "")), caller.CorrelationId);
            return Task.CompletedTask;
        }

        var details = device.UserAgent is { } userAgent ? new Dictionary<string, string>(fields) { ["userAgent"] = userAgent } : fields;
        var happened = new SecurityEvent(action, subject, actor, origin.Name, caller.CorrelationId, details);
        return writer.WriteAsync(tenantId, [happened], cancellationToken);
    }

    // A user is known only after signing in, and a refused key authenticates nobody: they are still the ones who acted.
    private (string Type, Guid? Id) ActorOf(string action, string subject) => action switch
    {
        SecurityActions.SignInSucceeded => (ActorTypes.User, IdIn(subject)),
        SecurityActions.ApiKeyRefused => (ActorTypes.ApiKey, IdIn(subject)),
        _ => (caller.ActorType, caller.ActorId),
    };

    private static Guid IdIn(string subject) => Guid.Parse(subject.AsSpan(subject.IndexOf(':', StringComparison.Ordinal) + 1));

    private Guid? TenantOf(IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue(SecurityFields.TenantId, out var named) ? Guid.Parse(named) : tenants.MultiTenantContext.TenantInfo?.TenantId;

    // A session that is only just opened is not yet the caller's.
    private Guid? SessionOf(IReadOnlyDictionary<string, string> fields) =>
        caller.SessionId ?? (fields.TryGetValue(SecurityFields.SessionId, out var opened) ? Guid.Parse(opened) : null);
}
