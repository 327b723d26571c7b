using Crm.Api.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Api.Health;

/// <summary>
/// Whether the process lives, and whether it can serve; for balancers and orchestrators. Why a check failed stands in the log alone.
/// </summary>
internal sealed class HealthEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        // Balancers ask by HEAD too.
        app.MapMethods("/health/live", [HttpMethods.Get, HttpMethods.Head], context => WriteAsync(context, StatusCodes.Status200OK, "live", []));
        app.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], WriteReadinessAsync);
    }

    private static async Task WriteReadinessAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping", []);
            return;
        }

        var report = await context.RequestServices.GetRequiredService<ReadinessProbe>().ReadAsync(context.RequestAborted);
        // What is done without when it is away does not keep anyone from serving.
        var ready = report.Status != HealthStatus.Unhealthy;
        await WriteAsync(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, ready ? "ready" : "not_ready", report.Entries);
    }

    private static Task WriteAsync(HttpContext context, int status, string word, IEnumerable<KeyValuePair<string, HealthReportEntry>> checks)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.WriteJsonAsync(status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", word);
            writer.WriteStartArray("checks");
            foreach (var (name, entry) in checks)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("status", entry.Status switch { HealthStatus.Healthy => "ok", HealthStatus.Degraded => "degraded", _ => "failed" });
                writer.WriteNumber("milliseconds", Math.Round(entry.Duration.TotalMilliseconds, 1));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
