using System.Threading.Channels;

namespace Crm.Infrastructure.Jobs;

/// <summary>Wakes the workers of this process when a job was enqueued in it; those of others find it by polling.</summary>
[Singleton]
internal sealed class JobSignal
{
    // More calls than workers say nothing more; too few would leave some asleep.
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes a worker.</summary>
    public void Call() => _calls.Writer.TryWrite(true);

    /// <summary>Waits for a call.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        try
        {
            await _calls.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody called: time to look all the same.
        }
    }
}
