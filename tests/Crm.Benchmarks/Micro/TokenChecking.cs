using BenchmarkDotNet.Attributes;
using Crm.Application.Identity;
using Crm.Infrastructure;
using Crm.Infrastructure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Benchmarks.Micro;

/// <summary>Checking an access token that was checked before, and one that was not.</summary>
public class TokenChecking
{
    // More than are remembered, so that every check in turn meets one that was forgotten.
    private const int Tokens = 64;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"crm-bench-{Guid.NewGuid():N}");
    private string[] _issued = [];
    private int _next;
    private IAccessTokens _remembering = null!;
    private IAccessTokens _forgetting = null!;

    [GlobalSetup]
    public void Setup()
    {
        (_remembering, _forgetting) = (Build(capacity: 1_000), Build(capacity: 2));
        _issued = [.. Enumerable.Range(0, Tokens).Select(_ => _remembering.Issue(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()).Value)];
    }

    [Benchmark]
    public AccessToken Remembered() => _remembering.Check(_issued[0]).Token!;

    [Benchmark]
    public AccessToken Forgotten() => _forgetting.Check(_issued[++_next % Tokens]).Token!;

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    private IAccessTokens Build(int capacity)
    {
        var settings = new Dictionary<string, string?>
        {
            [$"{AccessTokenOptions.Section}:{nameof(AccessTokenOptions.KeyFolder)}"] = _folder,
            [$"{AccessTokenOptions.Section}:{nameof(AccessTokenOptions.CacheCapacity)}"] = $"{capacity}",
        };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddFeatures("Identity")
            .BuildServiceProvider()
            .GetRequiredService<IAccessTokens>();
    }
}
