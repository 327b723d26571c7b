using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Api.Health;

/// <summary>Runs the checks at most once a second, whoever asks: anyone may ask, and asking must not become load.</summary>
[Singleton]
internal sealed class ReadinessProbe(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _report;
    private long _at;

    /// <summary>Tells how the checks went last.</summary>
    public Task<HealthReport> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_report is null || (_report.IsCompleted && time.GetElapsedTime(_at) >= Lifetime))
            {
                _at = time.GetTimestamp();
                _report = checks.CheckHealthAsync(CancellationToken.None);
            }

            return _report.WaitAsync(cancellationToken);
        }
    }
}
