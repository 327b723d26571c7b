namespace Crm.Application.Identity.Lockout;

/// <summary>
/// Lets the attempts of one account and device through one after the other, within this process. An attempt is counted before it is known
/// to be right; without turns,
/// several clients that sign in at once with the right password would lock each other out.
/// </summary>
internal sealed class AttemptTurns
{
    private readonly Dictionary<LockoutKey, Turn> _turns = [];

    /// <summary>Waits for the turn and does something in it.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    public async Task<T> TakeAsync<T>(LockoutKey key, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        var turn = Join(key);
        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
            try
            {
                return await act();
            }
            finally
            {
                turn.Gate.Release();
            }
        }
        finally
        {
            Leave(key, turn);
        }
    }

    private Turn Join(LockoutKey key)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out var turn))
                _turns.Add(key, turn = new Turn());
            turn.Takers++;
            return turn;
        }
    }

    private void Leave(LockoutKey key, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Takers > 0)
                return;
            _turns.Remove(key);
            turn.Gate.Dispose();
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Takers { get; set; }
    }
}
