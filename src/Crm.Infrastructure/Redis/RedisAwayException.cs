namespace Crm.Infrastructure.Redis;

/// <summary>Redis cannot be used at present. Whoever asks it has another way, and takes it: this never reaches a caller of the API.</summary>
/// <param name="cause">What went wrong; <c>null</c> when it was not even tried, since Redis was away a moment ago.</param>
internal sealed class RedisAwayException(Exception? cause) : Exception("Redis is away.", cause);
