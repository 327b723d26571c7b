using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.Persistence;

namespace Crm.Application.Administration;

/// <summary>Hands a user's records over to another, in transactions of some hundred records that hold the job's progress too.</summary>
internal sealed class ReassignmentRunner(IReassignment reassignment, ITenantSession session, ICaller caller, RequestOrigin origin) : IJobRunner
{
    /// <summary>The type of its jobs.</summary>
    public const string JobType = "reassignment";

    public string Type => JobType;

    public async Task RunAsync(IJobRun job, CancellationToken cancellationToken)
    {
        // The changes tell what was asked for.
        origin.Enter(nameof(DeactivateUser));
        var (from, to, cause) = JsonSerializer.Deserialize<ReassignmentPayload>(job.Payload)!;
        if (job.Progress.Total is null)
            await job.SaveAsync(job.Progress with { Total = await reassignment.CountAsync(from, cancellationToken) }, [], cancellationToken);
        while (await MoveAsync(job, from, to, cause, cancellationToken) > 0)
        {
            // What is left is looked for anew each time: so a job that was cut off goes on where it stood, and none is done twice.
        }
    }

    public void Discard(Guid jobId)
    {
        // Nothing is kept beside the job.
    }

    private async Task<int> MoveAsync(IJobRun job, Guid from, Guid to, Guid? cause, CancellationToken cancellationToken)
    {
        await job.RenewCallerAsync(cancellationToken);
        AccessRules.Demand(caller, "users:write");
        caller.DemandHandOver();
        return await session.InTransactionAsync(async token =>
        {
            var moved = await reassignment.MoveAsync(from, to, cause, token);
            await job.SaveAsync(job.Progress with { Done = job.Progress.Done + moved }, [], token);
            return moved;
        }, cancellationToken);
    }
}

/// <summary>What the job of a reassignment keeps.</summary>
/// <param name="From">The user whose records are handed over.</param>
/// <param name="To">The user who gets them.</param>
/// <param name="Cause">The change by which the first was deactivated; <c>null</c> when it is not known.</param>
internal sealed record ReassignmentPayload(Guid From, Guid To, Guid? Cause = null);
