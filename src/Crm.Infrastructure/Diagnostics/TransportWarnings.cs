using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Infrastructure.Diagnostics;

/// <summary>Says at start what <see cref="TransportChecks"/> found.</summary>
internal sealed partial class TransportWarnings(IConfiguration configuration, ILogger<TransportWarnings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var check in TransportChecks.Run(configuration))
            Open(logger, check.Warning!);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    private static partial void Open(ILogger logger, string warning);
}
