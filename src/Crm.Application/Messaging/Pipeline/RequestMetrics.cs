using System.Diagnostics.Metrics;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>The measurements of requests, under the meter <c>Crm</c>.</summary>
internal static class RequestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Crm";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("crm.request.duration", "s", "Time a request took, by name and outcome.");

    public static void Record(string request, string outcome, TimeSpan elapsed) =>
        Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("request", request), new KeyValuePair<string, object?>("outcome", outcome));
}
