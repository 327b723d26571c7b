namespace Crm.Infrastructure.Redis;

/// <summary>
/// Redis cannot be used at present. Whoever asks it has another way, and takes it: this never reaches a caller of the API.
/// </summary>
internal sealed class RedisAwayException(Exception? cause) : Exception("Redis is away.", cause);
