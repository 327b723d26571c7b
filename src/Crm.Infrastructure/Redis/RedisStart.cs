using Microsoft.Extensions.Hosting;

namespace Crm.Infrastructure.Redis;

/// <summary>Connects before the first request comes, which would otherwise not wait long enough for it.</summary>
internal sealed class RedisStart(RedisConnection connection) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
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
