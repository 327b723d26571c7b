using Crm.Application.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Jobs;

/// <summary>Has as many workers as configured look for jobs as long as the process runs. Stopping gives back what is unfinished.</summary>
internal sealed partial class JobService(IJobWorker worker, JobSignal signal, IOptions<JobOptions> options, ILogger<JobService> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency)
            .Select(_ => Task.Run(() => WorkAsync(stoppingToken), CancellationToken.None)));

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                if (!await TryWorkAsync(stopping))
                    await signal.WaitAsync(options.Value.PollInterval, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task<bool> TryWorkAsync(CancellationToken stopping)
    {
        try
        {
            return await worker.WorkAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // The database is away, say: the next look may find it back.
            Failed(logger, failure);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The queue of jobs could not be looked at")]
    private static partial void Failed(ILogger logger, Exception failure);
}
