using Microsoft.Extensions.Options;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Lets the attempts of one account and device through one after the other, within this process. An attempt is counted before it is known
/// to be right; without turns, several clients that sign in at once with the right password would lock each other out.
/// </summary>
[Singleton]
internal sealed class AttemptTurns
{
    private readonly Dictionary<LockoutKey, Gate> _gates = [];

    /// <summary>Waits for the turn, which lasts until it is disposed of.</summary>
    public async Task<IDisposable> TakeAsync(LockoutKey key, CancellationToken cancellationToken)
    {
        var gate = Join(key);
        try
        {
            await gate.Lock.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, gate);
            throw;
        }

        return new Turn(this, key, gate);
    }

    private Gate Join(LockoutKey key)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(key, out var gate))
                _gates.Add(key, gate = new Gate());
            gate.Takers++;
            return gate;
        }
    }

    private void Leave(LockoutKey key, Gate gate)
    {
        lock (_gates)
        {
            if (--gate.Takers > 0)
                return;
            _gates.Remove(key);
            gate.Lock.Dispose();
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Lock { get; } = new(1);

        public int Takers { get; set; }
    }

    private sealed class Turn(AttemptTurns turns, LockoutKey key, Gate gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Lock.Release();
            turns.Leave(key, gate);
        }
    }
}

/// <summary>
/// Makes attempts wait, the longer the more there were. Nothing is held meanwhile but the request itself, and only so many wait at a time.
/// </summary>
[Singleton]
internal sealed class AttemptDelays(IOptions<LockoutOptions> options, TimeProvider time)
{
    private int _waiting;

    /// <summary>Waits as long as an attempt of this number has to.</summary>
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
