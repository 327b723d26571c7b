using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Infrastructure.Redis;

/// <summary>Whether Redis answers. The system serves without it, so it is never reason enough not to be ready.</summary>
internal sealed class RedisReadiness(IRedis redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RedisAwayException away)
        {
            return HealthCheckResult.Degraded(exception: away);
        }
    }
}
