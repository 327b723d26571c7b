using System.Net;
using Crm.Application.ApiKeys;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>The counts since they were written last. Whoever comes from ever new addresses is in the end counted without them.</summary>
internal sealed class ApiKeyUsage(IOptions<ApiKeyOptions> options, TimeProvider time) : IApiKeyUsage
{
    private readonly Tally<ApiKeyUse, ApiKeyTally> _tally = new(options.Value.UsageCapacity, (use, _) => use with { Address = "" });

    public void Count(ApiKeyAccess key, IPAddress? address, string operation, int status)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        Add(new ApiKeyUse(key.TenantId, key.Id, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour)), operation, status / 100, plain?.ToString() ?? ""), new ApiKeyTally(1, now));
    }

    /// <summary>Takes the counts, to write them.</summary>
    public IReadOnlyDictionary<ApiKeyUse, ApiKeyTally> Take() => _tally.Take();

    /// <summary>Adds to a count: a request, or what could not be written.</summary>
    public void Add(ApiKeyUse use, ApiKeyTally more) => _tally.Add(use, more);
}

/// <summary>What a key was used for.</summary>
/// <param name="TenantId">The key's tenant.</param>
/// <param name="ApiKeyId">The key.</param>
/// <param name="Hour">The beginning of the hour, UTC.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="StatusClass">The first digit of the status.</param>
/// <param name="Address">The address; empty when it is not known or not kept apart.</param>
internal readonly record struct ApiKeyUse(Guid TenantId, Guid ApiKeyId, DateTime Hour, string Operation, int StatusClass, string Address);

/// <summary>How often a key was used.</summary>
/// <param name="Requests">How many requests.</param>
/// <param name="LastAt">When the last one was, UTC.</param>
internal readonly record struct ApiKeyTally(long Requests, DateTime LastAt) : ICount<ApiKeyTally>
{
    public ApiKeyTally Plus(ApiKeyTally more) => new(Requests + more.Requests, LastAt > more.LastAt ? LastAt : more.LastAt);
}
