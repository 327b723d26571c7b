using Microsoft.Extensions.Options;

namespace Crm.Api.CrossOrigin;

/// <summary>Which pages of other origins may call the API from a browser; section <c>Cors</c> of the configuration.</summary>
[Section("Cors")]
internal sealed class CrossOriginOptions
{
    /// <summary>
    /// The origins, each as a browser sends it, such as <c>https://app.example.com</c>: scheme, host and, when it is not the scheme's own,
    /// port. None by default;
    /// at most 100. In production each is https, except those of this machine.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
}

/// <summary>
/// Refuses to start with an origin that no browser sends, that is any origin, or that everyone on the way could pretend to be.
/// </summary>
internal sealed class CrossOriginOptionsValidator(IHostEnvironment environment) : IValidateOptions<CrossOriginOptions>
{
    private const int Most = 100;

    public ValidateOptionsResult Validate(string? name, CrossOriginOptions options)
    {
        if (options.Origins.Count > Most)
            return ValidateOptionsResult.Fail($"Cors:Origins names more than {Most} origins.");
        return options.Origins.FirstOrDefault(origin => !IsAllowed(origin)) is { } wrong
            ? ValidateOptionsResult.Fail($"Cors:Origins: {wrong} is no origin that may be allowed; name it as https://host or https://host:port, in lower case.")
            : ValidateOptionsResult.Success;
    }

    private bool IsAllowed(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.GetLeftPart(UriPartial.Authority) == origin
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && (uri.IsLoopback || !environment.IsProduction())));
}
