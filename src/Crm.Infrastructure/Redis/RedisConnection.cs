using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Crm.Infrastructure.Redis;

/// <summary>
/// The one connection of this process, made when it is first needed and kept alive by the client. Only the client's asynchronous calls are
/// used:
/// the blocking ones starve the pool under load.
/// </summary>
internal sealed partial class RedisConnection(IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisConnection> log) : IRedis, IAsyncDisposable
{
    private readonly RedisOptions _options = options.Value;
    private readonly RedisCircuit _circuit = new(time, options.Value.RetryAfter);
    private readonly Lock _lock = new();
    private Task<ConnectionMultiplexer>? _connecting;
    private long _heardAt = long.MinValue;

    public bool IsAway => _circuit.IsResting;

    public Task<long[]> RunAsync(RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<long> arguments, CancellationToken cancellationToken)
    {
        var redisKeys = new RedisKey[keys.Count];
        for (var i = 0; i < redisKeys.Length; i++)
            redisKeys[i] = keys[i];
        var values = new RedisValue[arguments.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = arguments[i];
        return UseAsync((script, redisKeys, values), static (database, call) => RunAsync(database, call.script, call.redisKeys, call.values), _options.Timeout, cancellationToken);
    }

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) =>
        UseAsync(0, static (database, _) => database.PingAsync(), _options.Timeout, cancellationToken);

    /// <summary>Makes the connection; waits longer than requests do.</summary>
    /// <exception cref="RedisAwayException">Redis does not answer.</exception>
    public Task<TimeSpan> OpenAsync(CancellationToken cancellationToken) =>
        UseAsync(0, static (database, _) => database.PingAsync(), _options.ConnectTimeout + _options.Timeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            await (await connected).CloseAsync(allowCommandsToComplete: false);
    }

    private async Task<TAnswer> UseAsync<TCall, TAnswer>(TCall call, Func<IDatabase, TCall, Task<TAnswer>> use, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!_circuit.TryEnter())
            throw new RedisAwayException(null);
        try
        {
            var answer = await WaitAsync(AnswerAsync(call, use), limit, cancellationToken);
            if (_circuit.Succeeded())
                IsBack(log);
            return answer;
        }
        // A fault that Redis answers with, such as that it has no memory left or is loading, makes it no more usable than silence does.
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            if (_circuit.Failed())
                WentAway(log, failure.Message);
            throw new RedisAwayException(failure);
        }
    }

    private async Task<TAnswer> AnswerAsync<TCall, TAnswer>(TCall call, Func<IDatabase, TCall, Task<TAnswer>> use)
    {
        var connection = await ConnectAsync();
        var answer = await use(connection.GetDatabase(), call);
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        return answer;
    }

    // Redis answers in the order of calls. As long as answers to earlier ones come in it is not away: this process is too busy to read them
    // faster.
    private async Task<TAnswer> WaitAsync<TAnswer>(Task<TAnswer> answer, TimeSpan limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var since = time.GetTimestamp();
            try
            {
                return await answer.WaitAsync(limit, time, cancellationToken);
            }
            catch (TimeoutException) when (Volatile.Read(ref _heardAt) > since)
            {
                // It goes on waiting.
            }
        }
    }

    private static async Task<long[]> RunAsync(IDatabase database, RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return (long[])(await database.ScriptEvaluateAsync(script.Hash, keys, values))!;
        }
        catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Redis has been started anew, or has never seen the script.
            return (long[])(await database.ScriptEvaluateAsync(script.Text, keys, values))!;
        }
    }

    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            return connected;
        lock (_lock)
        {
            if (_connecting is null || _connecting.IsFaulted)
                _connecting = OpenConnectionAsync();
            return _connecting;
        }
    }

    private async Task<ConnectionMultiplexer> OpenConnectionAsync()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(_options.ForClient());
        // By default this version of the client completes calls one after the other, and one that waits for another within a request never
        // ends.
        connection.PreserveAsyncOrder = false;
        return connection;
    }

    [LoggerMessage(1, LogLevel.Warning, "Redis is away, and is done without: {Reason}")]
    private static partial void WentAway(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "Redis is back")]
    private static partial void IsBack(ILogger logger);
}
