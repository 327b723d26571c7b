using System.Collections.Concurrent;
using Crm.Application.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Testing;

/// <summary>
/// Grants that a test gives to users at will, in place of those that their roles give them. They hold from the next request on.
/// </summary>
public sealed class GivenGrants
{
    private readonly ConcurrentDictionary<Guid, RecordGrants> _grants = [];

    /// <summary>Puts itself between the API and what reads access.</summary>
    public void PutInto(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(IAccessReader));
        services.Replace(ServiceDescriptor.Singleton<IAccessReader>(provider =>
            new Reader(this, (IAccessReader)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
    }

    /// <summary>Gives a user grants.</summary>
    public void Give(Guid userId, RecordGrants grants) => _grants[userId] = grants;

    private MemberAccess? Of(Guid userId, MemberAccess? member) =>
        member is not null && _grants.TryGetValue(userId, out var grants) ? member with { Grants = grants } : member;

    private sealed class Reader(GivenGrants given, IAccessReader real) : IAccessReader
    {
        public async Task<MemberAccess?> ReadAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken) =>
            given.Of(userId, await real.ReadAsync(tenantId, userId, cancellationToken));

        public async Task<SessionAccess> ReadSessionAsync(Guid sessionId, Guid userId, Guid? tenantId, CancellationToken cancellationToken)
        {
            var session = await real.ReadSessionAsync(sessionId, userId, tenantId, cancellationToken);
            return session with { Member = given.Of(userId, session.Member) };
        }
    }
}
