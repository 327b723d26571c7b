using Microsoft.Extensions.Options;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Makes attempts wait, the longer the more there were. Nothing is held meanwhile but the request itself, and only so many wait at a time.
/// </summary>
internal sealed class AttemptDelays(IOptions<LockoutOptions> options, TimeProvider time)
{
    private int _waiting;

    /// <summary>Waits.</summary>
    public async Task WaitAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            // A flood is not made to wait: the count holds it off, and waiting would only gather it here.
            if (Interlocked.Increment(ref _waiting) <= options.Value.MaxWaiting)
                await Task.Delay(options.Value.DelayOf(number), time, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
