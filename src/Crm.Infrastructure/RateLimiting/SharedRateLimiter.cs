using Crm.Application.RateLimiting;
using Crm.Infrastructure.Redis;

namespace Crm.Infrastructure.RateLimiting;

/// <summary>Counts for all nodes, in Redis, by its clock: one script, so one step and one trip, for all limits of a request.</summary>
internal sealed class SharedRateLimiter(IRedis redis)
{
    private const int NumbersOfAnswer = 3;

    // For each limit two keys (its count; how often it was exceeded, kept beyond the wait by the longest one) and three arguments (limit,
    // window and longest
    // wait in milliseconds). A count is a hash of slices with how much was used in each, their sum, and the oldest. The same steps as in
    // LocalCounter, and:
    // a clock set back by little must not disturb the order of slices, one set back by much must not keep anybody out.
    private static readonly RedisScript Script = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local slices = 60
        local uses, passes = {}, true
        for i = 1, #KEYS / 2 do
          local count, excess = KEYS[2 * i - 1], KEYS[2 * i]
          local limit, window, longest = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
          local slice = math.ceil(window / slices)
          local present, first = math.floor(now / slice), math.floor((now - window) / slice)
          local known = redis.call('HMGET', count, 'used', 'oldest')
          local used, oldest = tonumber(known[1] or 0), tonumber(known[2] or present)
          if oldest > present + slices then
            redis.call('DEL', count)
            used, oldest = 0, present
          end
          present = math.max(present, oldest)
          local forgotten = false
          while used > 0 and oldest <= present do
            local inSlice = tonumber(redis.call('HGET', count, oldest) or 0)
            if oldest >= first and inSlice > 0 then break end
            redis.call('HDEL', count, oldest)
            used, oldest, forgotten = used - inSlice, oldest + 1, true
          end
          if used == 0 or oldest > present then used, oldest = 0, present end
          if forgotten then redis.call('HSET', count, 'used', used, 'oldest', oldest) end
          local wait = 0
          if longest > 0 then wait = math.max(0, redis.call('PTTL', excess) - longest) end
          if wait == 0 and used >= limit then
            if longest == 0 then
              wait = (oldest + 1) * slice + window - now
            else
              local before = tonumber(redis.call('GET', excess) or 0)
              wait = math.min(window * 2 ^ before, longest)
              redis.call('SET', excess, before + 1, 'PX', wait + longest)
              redis.call('DEL', count)
            end
          end
          if wait > 0 then passes = false end
          uses[i] = { count = count, limit = limit, window = window, slice = slice, present = present, used = used, oldest = oldest, wait = wait }
        end
        local answer = { passes and 1 or 0 }
        for i, use in ipairs(uses) do
          if passes then
            use.used = use.used + 1
            redis.call('HINCRBY', use.count, use.present, 1)
            redis.call('HSET', use.count, 'used', use.used, 'oldest', use.oldest)
            redis.call('PEXPIRE', use.count, use.window + use.slice)
          end
          answer[#answer + 1] = use.wait > 0 and 0 or math.max(0, use.limit - use.used)
          answer[#answer + 1] = use.wait > 0 and use.wait or (use.oldest + 1) * use.slice + use.window - now
          answer[#answer + 1] = use.wait
        end
        return answer
        """);

    /// <summary>Takes a place under every limit, or under none.</summary>
    /// <exception cref="RedisAwayException">Redis does not answer.</exception>
    public async Task<bool> TakeAsync(LimitCheck check, CancellationToken cancellationToken)
    {
        var (keys, arguments) = Question(check.Uses);
        var answer = await redis.RunAsync(Script, keys, arguments, cancellationToken);
        Read(answer, check.Uses);
        return answer[0] == 1;
    }

    private static (string[] Keys, long[] Arguments) Question(ReadOnlySpan<LimitUse> uses)
    {
        var keys = new string[2 * uses.Length];
        var arguments = new long[NumbersOfAnswer * uses.Length];
        for (var i = 0; i < uses.Length; i++)
        {
            var (rule, key) = (uses[i].Rule, uses[i].Key);
            var name = $"limit:{rule.Name}:{key.WindowSeconds}:{key.Subject:N}";
            keys[2 * i] = key.TenantId == Guid.Empty ? RedisKeys.OfHost(name) : RedisKeys.OfTenant(key.TenantId, name);
            keys[(2 * i) + 1] = rule.LongestWaitMilliseconds == 0 ? keys[2 * i] : keys[2 * i] + ":exceeded";
            arguments[NumbersOfAnswer * i] = rule.Limit;
            arguments[(NumbersOfAnswer * i) + 1] = rule.WindowMilliseconds;
            arguments[(NumbersOfAnswer * i) + 2] = rule.LongestWaitMilliseconds;
        }

        return (keys, arguments);
    }

    private static void Read(long[] answer, Span<LimitUse> uses)
    {
        for (var i = 0; i < uses.Length; i++)
        {
            uses[i].Remaining = answer[1 + (NumbersOfAnswer * i)];
            uses[i].ResetMilliseconds = answer[2 + (NumbersOfAnswer * i)];
            uses[i].WaitMilliseconds = answer[3 + (NumbersOfAnswer * i)];
        }
    }
}
