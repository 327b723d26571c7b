using System.Net;
using Crm.Application.ApiKeys;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>The counts since they were written last. Beyond the capacity, requests are counted without their address.</summary>
[Singleton(AlsoAsItself = true)]
internal sealed class ApiKeyUsage(IOptions<ApiKeyOptions> options, TimeProvider time) : IApiKeyUsage
{
    private readonly Counts<ApiKeyUse, ApiKeyCount> _counts = new(options.Value.UsageCapacity, (use, _) => use with { Address = "" });

    public void Count(ApiKeyAccess key, IPAddress? address, string operation, int status)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        var hour = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
        Add(new ApiKeyUse(key.TenantId, key.Id, hour, operation, status / 100, plain?.ToString() ?? ""), new ApiKeyCount(1, now));
    }

    /// <summary>Takes the counts, to write them.</summary>
    public IReadOnlyDictionary<ApiKeyUse, ApiKeyCount> Take() => _counts.Take();

    /// <summary>Adds to a count: a request, or what could not be written.</summary>
    public void Add(ApiKeyUse use, ApiKeyCount more) => _counts.Add(use, more);
}

/// <summary>What a key was used for.</summary>
/// <param name="TenantId">The key's tenant.</param>
/// <param name="ApiKeyId">The key.</param>
/// <param name="Hour">The beginning of the hour, UTC.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="StatusClass">The first digit of the status.</param>
/// <param name="Address">The address; empty when it is not known or not counted separately.</param>
internal readonly record struct ApiKeyUse(Guid TenantId, Guid ApiKeyId, DateTime Hour, string Operation, int StatusClass, string Address);

/// <summary>How often a key was used.</summary>
/// <param name="Requests">How many requests.</param>
/// <param name="LastAt">When the last one was, UTC.</param>
internal readonly record struct ApiKeyCount(long Requests, DateTime LastAt) : ICount<ApiKeyCount>
{
    public ApiKeyCount Plus(ApiKeyCount more) => new(Requests + more.Requests, LastAt > more.LastAt ? LastAt : more.LastAt);
}
