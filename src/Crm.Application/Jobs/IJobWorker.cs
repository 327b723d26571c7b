namespace Crm.Application.Jobs;

/// <summary>Carries out jobs. Safe to use by several at once, in several processes.</summary>
public interface IJobWorker
{
    /// <summary>Claims the job that has waited longest and carries it out, to its end or until it is taken away.</summary>
    Task<bool> WorkAsync(CancellationToken stopping);
}
