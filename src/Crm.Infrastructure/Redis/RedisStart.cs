using Microsoft.Extensions.Hosting;

namespace Crm.Infrastructure.Redis;

/// <summary>Connects to Redis, if it is configured, before the first request, which would not wait long enough for it.</summary>
internal sealed class RedisStart(RedisConnection? connection = null) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (connection is null)
            return;

        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (RedisAwayException)
        {
            // It is in the log, and the system works without.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
