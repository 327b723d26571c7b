using System.Diagnostics.Metrics;
using System.Text.Json;
using Crm.Application.ApiKeys;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Jobs;
using Crm.Domain.Tenants;
using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Jobs;

/// <summary>Takes one job at a time from the queue and runs it in its tenant's name.</summary>
[Singleton]
internal sealed partial class JobWorker(
    JobQueue queue,
    JobTypes jobTypes,
    IServiceScopeFactory scopes,
    IMultiTenantStore tenants,
    ITenantScope tenantScope,
    IOptions<JobOptions> options,
    TimeProvider time,
    ILogger<JobWorker> logger) : IJobWorker
{
    private const string GaveUp = "The job failed again and again for a reason on our side; the log shows it.";
    private const string WorkersLost = "The processes that worked on the job ended without a word; it may need more memory than there is.";

    private static readonly Meter Meter = new("Crm");

    private static readonly Counter<long> GivenUp = Meter.CreateCounter<long>(
        "crm.jobs.given_up", "{job}", "Jobs that were given up though nobody refused them, by type and code.");

    private static readonly TimeSpan NotWrittenYet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TenantClosed = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TypeUnknown = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GivingBack = TimeSpan.FromSeconds(10);

    private readonly JobOptions _options = options.Value;

    public async Task<bool> WorkAsync(CancellationToken stopping)
    {
        if (await queue.ClaimAsync(_options.Lease, stopping) is not { } claim)
            return false;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var heartbeat = Heartbeat.KeepAsync(
            _options.Lease,
            token => queue.RenewAsync(claim, _options.Lease, token),
            failure => RenewalFailed(logger, failure, claim.JobId),
            stop,
            time);
        try
        {
            await CarryOutAsync(claim, stop, stopping);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Given back, which does nothing where another worker has it: this process is alive, so that the job is not to blame.
            await ReleaseAsync(claim, TimeSpan.Zero, counts: false);
        }
        catch (Exception failure)
        {
            Failed(logger, failure, claim.JobId, claim.Attempts);
            await ReleaseAsync(claim, TimeSpan.FromSeconds(Math.Min(60, claim.Attempts * claim.Attempts * 5)), counts: true);
        }
        finally
        {
            await stop.CancelAsync();
            await heartbeat;
        }

        return true;
    }

    private async Task CarryOutAsync(JobClaim claim, CancellationTokenSource stop, CancellationToken stopping)
    {
        // A later version of the program, on another node, may have one.
        if (jobTypes.FindRunner(claim.Type) is not { } runnerType)
        {
            Unknown(logger, claim.JobId, claim.Type);
            await ReleaseAsync(claim, TypeUnknown, counts: false);
            return;
        }

        if (await tenants.GetAsync(claim.TenantId, stop.Token) is not { Status: TenantStatuses.Active } tenant)
        {
            await ReleaseAsync(claim, TenantClosed, counts: false);
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        using var inTenant = tenantScope.Use(tenant);
        var services = scope.ServiceProvider;
        var runner = (IJobRunner)services.GetRequiredService(runnerType);
        var run = new JobRun(
            claim,
            services.GetRequiredService<TenantSession>(),
            tenants,
            services.GetRequiredService<IAccessReader>(),
            services.GetRequiredService<IApiKeyAccess>(),
            services.GetRequiredService<ICallerSetter>(),
            stop);
        switch (await run.BeginAsync(stop.Token))
        {
            case JobBeginning.TakenOver:
                return;
            case JobBeginning.NotWritten when claim.Age < _options.OrphanAfter:
                await ReleaseAsync(claim, NotWrittenYet, counts: false);
                return;
            case JobBeginning.Begun when !await EndAsync(claim, run, runner, stop, stopping):
                return;
        }

        runner.Discard(claim.JobId);
        await queue.RemoveAsync(claim, CancellationToken.None);
    }

    // Whether the job has come to an end, whichever.
    private async Task<bool> EndAsync(
        JobClaim claim, JobRun run, IJobRunner runner, CancellationTokenSource stop, CancellationToken stopping)
    {
        if (run.IsCancelled)
            return await run.FinishAsync(JobStatuses.Cancelled, null, stop.Token);
        try
        {
            if (claim.Deaths >= _options.MaxDeaths)
                return await GiveUpAsync(claim, run, "workers_lost", WorkersLost, stop.Token);
            if (claim.Attempts > _options.MaxAttempts)
                return await GiveUpAsync(claim, run, "gave_up", GaveUp, stop.Token);
            await run.RenewCallerAsync(stop.Token);
            await runner.RunAsync(run, stop.Token);
            return await run.FinishAsync(JobStatuses.Succeeded, null, stop.Token);
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            return await run.FinishAsync(JobStatuses.Cancelled, null, stopping);
        }
        catch (OperationCanceledException) when (run.IsTenantClosed)
        {
            await ReleaseAsync(claim, TenantClosed, counts: false);
            return false;
        }
        catch (CrmException refusal) when (refusal is not UnavailableException)
        {
            Refused(logger, claim.JobId, refusal.Code);
            return await run.FinishAsync(JobStatuses.Failed, Error(refusal.Code, refusal.Message), stop.Token);
        }
    }

    private async Task<bool> GiveUpAsync(JobClaim claim, JobRun run, string code, string message, CancellationToken cancellationToken)
    {
        if (!await run.FinishAsync(JobStatuses.Failed, Error(code, message), cancellationToken))
            return false;
        Refused(logger, claim.JobId, code);
        GivenUp.Add(1, new("type", claim.Type), new("code", code));
        return true;
    }

    // Also when the process stops: without it the job would wait for the lease to end.
    private async Task ReleaseAsync(JobClaim claim, TimeSpan delay, bool counts)
    {
        using var limit = new CancellationTokenSource(GivingBack);
        await queue.ReleaseAsync(claim, delay, counts, limit.Token);
    }

    private static string Error(string code, string message) =>
        JsonSerializer.Serialize(new JobError(code, message), JsonSerializerOptions.Web);

    [LoggerMessage(1, LogLevel.Error, "Job {JobId} failed in attempt {Attempt} and will be tried again")]
    private static partial void Failed(ILogger logger, Exception failure, Guid jobId, int attempt);

    [LoggerMessage(2, LogLevel.Warning, "Job {JobId} was given up: {Code}")]
    private static partial void Refused(ILogger logger, Guid jobId, string code);

    [LoggerMessage(3, LogLevel.Warning, "The lease of job {JobId} could not be renewed")]
    private static partial void RenewalFailed(ILogger logger, Exception failure, Guid jobId);

    [LoggerMessage(4, LogLevel.Warning, "Job {JobId} waits: nothing here runs jobs of type {Type}")]
    private static partial void Unknown(ILogger logger, Guid jobId, string type);
}
