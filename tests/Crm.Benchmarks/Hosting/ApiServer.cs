using Crm.Api.Hosting;
using Crm.Infrastructure.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace Crm.Benchmarks.Hosting;

/// <summary>The product, composed as its own executable composes it; only what the process uses is reported beside it.</summary>
internal static class ApiServer
{
    /// <summary>Serves until the process is asked to stop.</summary>
    public static async Task RunAsync(Uri url, string connectionString, string log, CancellationToken cancellationToken)
    {
        await using var lines = File.Create(log);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(url.ToString());
        builder.Logging.AddLines(lines, isTerminal: false);

        // Requests are counted, as they would be, but never too many.
        foreach (var limit in new[] { "Public", "Login", "Authenticated", "Admin", "Tenant" })
            builder.Configuration[$"RateLimits:{limit}:Limit"] = "1000000000";
        builder.AddCrm(connectionString);
        await using var app = builder.Build();
        app.UseCrm();
        await using var diagnostics = await DiagnosticsListener.StartAsync(url, cancellationToken);
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
