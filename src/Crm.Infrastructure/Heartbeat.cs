namespace Crm.Infrastructure;

/// <summary>Keeps a lease while work goes on.</summary>
internal static class Heartbeat
{
    /// <summary>Renews a lease until the work ends. Losing the lease cancels the work.</summary>
    /// <param name="renew">Renews once; <c>false</c> when another node has taken over.</param>
    /// <param name="failed">Logs a failure. The next beat tries again; if none succeeds, the fence protects what is written.</param>
    /// <param name="work">The work's own source, which its end cancels too.</param>
    public static async Task KeepAsync(
        TimeSpan lease,
        Func<CancellationToken, Task<bool>> renew,
        Action<Exception> failed,
        CancellationTokenSource work,
        TimeProvider time)
    {
        using var timer = new PeriodicTimer(lease / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(work.Token))
            {
                try
                {
                    if (!await renew(work.Token))
                        await work.CancelAsync();
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    failed(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }
}
