using System.Net;
using Crm.Application.Records;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Counts what API keys are used for. Counting costs no trip: counts are written every few seconds and at shutdown, so a process that is
/// killed loses the last few seconds.
/// </summary>
public interface IApiKeyUsage
{
    /// <summary>Counts one request.</summary>
    void Count(ApiKeyAccess key, IPAddress? address, string operation, int status);
}

/// <summary>Reads what API keys were used for.</summary>
public interface IApiKeyUsageReader
{
    /// <summary>Reads a page of what a key was used for, latest hours first.</summary>
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
