using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Crm.Api.Http;

/// <summary>The proxies that are believed when they say whom they speak for; section <c>Proxies</c> of the configuration.</summary>
[Section("Proxies")]
internal sealed class ProxyOptions : IValidatableObject, IModule
{
    /// <summary>Their networks, such as <c>10.0.0.0/8</c>; none by default: then no header decides about a client's address.</summary>
    public IList<string> Known { get; } = [];

    /// <summary>How many of them a request may have passed, 1–10.</summary>
    [Range(1, 10)]
    public int ForwardLimit { get; set; } = 1;

    /// <summary>Overrules the framework's own settings, which would believe anybody.</summary>
    public static void Register(IServiceCollection services) =>
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>((forwarded, proxies) =>
        {
            forwarded.ForwardedHeaders =
                proxies.Value.Known.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = proxies.Value.ForwardLimit;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxies.Value.Known)
                forwarded.KnownIPNetworks.Add(IPNetwork.Parse(network));
        });

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Known
        .Where(network => !IPNetwork.TryParse(network, out _))
        .Select(network => new ValidationResult($"Proxies:{nameof(Known)}: {network} is not a network such as 10.0.0.0/8.", [nameof(Known)]));
}

/// <summary>Finds a client's address behind proxies.</summary>
internal static class Proxies
{
    /// <summary>Looks behind the proxies; goes before everything that asks for the client's address.</summary>
    public static void UseProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value.Known.Count > 0)
            app.UseForwardedHeaders();
    }
}
