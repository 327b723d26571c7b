namespace Crm.Infrastructure.Redis;

/// <summary>
/// Redis as features use it; registered only when it is configured. Every call ends within <see cref="RedisOptions.Timeout"/> of the last
/// sign of life,
/// and while Redis is away at once.
/// </summary>
internal interface IRedis
{
    /// <summary>Whether Redis was away a moment ago, so that asking is of no use; look at it first to save the exception.</summary>
    bool IsAway { get; }

    /// <summary>Carries out a script.</summary>
    /// <exception cref="RedisAwayException">Redis did not answer in time, or with a fault; the script may have been carried out all the
    /// same.</exception>
    Task<long[]> RunAsync(RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<long> arguments, CancellationToken cancellationToken);

    /// <summary>Asks whether Redis answers.</summary>
    /// <exception cref="RedisAwayException">It does not.</exception>
    Task<TimeSpan> PingAsync(CancellationToken cancellationToken);
}
