using System.Net;
using Crm.Application.Records;

namespace Crm.Application.ApiKeys;

/// <summary>Counts what API keys are used for. Counting costs no trip: counts are written every few seconds and at shutdown, so a process that is killed loses the last few seconds.</summary>
public interface IApiKeyUsage
{
    /// <summary>Counts one request.</summary>
    /// <param name="key">The key that made it.</param>
    /// <param name="address">The address it came from; <c>null</c> when not known.</param>
    /// <param name="operation">The operation's name, or the word for none.</param>
    /// <param name="status">The HTTP status it was answered with.</param>
    void Count(ApiKeyAccess key, IPAddress? address, string operation, int status);
}

/// <summary>Reads what API keys were used for.</summary>
public interface IApiKeyUsageReader
{
    /// <summary>Reads a page of what a key was used for, latest hours first.</summary>
    /// <param name="apiKeyId">The key, revoked or not.</param>
    /// <param name="limit">How many entries at most, 1–200.</param>
    /// <param name="cursor">Where the page before ended; <c>null</c> for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The page, or <c>null</c> when the tenant has no such key.</returns>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    Task<Page<ApiKeyUsageEntry>?> ListAsync(Guid apiKeyId, int limit, string? cursor, CancellationToken cancellationToken);
}

/// <summary>How often a key was used for one thing, from one address, in one hour.</summary>
/// <param name="Hour">The beginning of the hour, UTC.</param>
/// <param name="Operation">The operation, by its operationId; <c>none</c> where the address called has none.</param>
/// <param name="StatusClass">The first digit of the HTTP status: 2 for success, 4 for a refusal, 5 for a failure.</param>
/// <param name="IpAddress">The address it was used from; null when it was not known, or when there were too many to keep apart.</param>
/// <param name="Requests">How often.</param>
public sealed record ApiKeyUsageEntry(DateTime Hour, string Operation, int StatusClass, string? IpAddress, long Requests);
