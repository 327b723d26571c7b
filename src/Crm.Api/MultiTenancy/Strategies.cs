using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Microsoft.Extensions.Options;

namespace Crm.Api.MultiTenancy;

/// <summary>The ways in which an HTTP request names its tenant.</summary>
public static class MultiTenantStrategies
{
    /// <summary>The claim of the verified access token names the tenant. Goes first.</summary>
    public static MultiTenantBuilder WithClaimStrategy(this MultiTenantBuilder tenancy) => tenancy.WithStrategy(_ => new ClaimStrategy());

    /// <summary>A header may choose the tenant at the sign-in.</summary>
    public static MultiTenantBuilder WithHeaderStrategy(this MultiTenantBuilder tenancy, string header = "X-Tenant") =>
        tenancy.WithStrategy(_ => new HeaderStrategy(header));

    /// <summary>
    /// The host name may choose the tenant at the sign-in, where <see cref="MultiTenancyOptions.BaseDomain"/> is configured.
    /// </summary>
    public static MultiTenantBuilder WithHostStrategy(this MultiTenantBuilder tenancy) => tenancy.WithStrategy(services =>
    {
        var options = services.GetRequiredService<IOptions<MultiTenancyOptions>>().Value;
        var reserved = options.ReservedLabels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new HostStrategy(options.BaseDomain, reserved.ToHashSet(StringComparer.OrdinalIgnoreCase));
    });
}

/// <summary>Reads the tenant out of the verified access token; goes first, and is the only one a signed-in request is served by.</summary>
internal sealed class ClaimStrategy : IMultiTenantStrategy
{
    public string Name => "claim";

    public int Priority => -1000;

    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult((context as HttpContext)?.User.FindFirst(TokenClaims.Tenant)?.Value);
}

/// <summary>Reads the tenant out of a header; helps to choose at the sign-in.</summary>
internal sealed class HeaderStrategy(string header) : IMultiTenantStrategy
{
    private static readonly Task<string?> None = Task.FromResult<string?>(null);

    public string Name => "header";

    public int Priority => 0;

    public Task<string?> GetIdentifierAsync(object context)
    {
        if (context is not HttpContext http || !http.Request.Headers.TryGetValue(header, out var values))
            return None;

        // Several headers are joined as one text, which names no tenant: better refused than one of them picked.
        var identifier = values.ToString().Trim();
        return identifier.Length == 0 ? None : Task.FromResult<string?>(identifier);
    }
}

/// <summary>Reads the tenant out of the first label of the host name, under one domain; helps to choose at the sign-in.</summary>
internal sealed class HostStrategy(string baseDomain, IReadOnlySet<string> reservedLabels) : IMultiTenantStrategy
{
    private static readonly Task<string?> None = Task.FromResult<string?>(null);
    private readonly string? _suffix = baseDomain.Trim('.') is { Length: > 0 } domain ? "." + domain : null;

    public string Name => "host";

    public int Priority => 100;

    public Task<string?> GetIdentifierAsync(object context)
    {
        if (_suffix is null || context is not HttpContext http)
            return None;

        // A host name may be written with the root's dot.
        var host = http.Request.Host.Host.TrimEnd('.');
        if (!host.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase))
            return None;

        var label = host[..^_suffix.Length].ToLowerInvariant();
        return label.Length == 0 || label.Contains('.', StringComparison.Ordinal) || reservedLabels.Contains(label)
            ? None
            : Task.FromResult<string?>(label);
    }
}
