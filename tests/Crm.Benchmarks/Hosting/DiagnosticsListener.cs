using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crm.Benchmarks.Hosting;

/// <summary>What a server's process has used since it started.</summary>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap.</param>
/// <param name="CpuMicroseconds">Processor time, user and kernel.</param>
/// <param name="WorkingSetBytes">Memory the process holds at present.</param>
internal sealed record ProcessUse(long AllocatedBytes, double CpuMicroseconds, long WorkingSetBytes);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProcessUse))]
internal sealed partial class DiagnosticsJson : JsonSerializerContext;

/// <summary>
/// Reports to the load runner what its process has used. It listens on a port of its own, one above the server's, so that the
/// server under test is left as it is.
/// </summary>
internal static class DiagnosticsListener
{
    /// <summary>Where the process that serves a URL reports what it has used.</summary>
    public static Uri For(Uri server) => new UriBuilder(server) { Port = server.Port + 1 }.Uri;

    /// <summary>Starts listening.</summary>
    public static async Task<WebApplication> StartAsync(Uri server, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(For(server).ToString());
        var app = builder.Build();
        app.MapGet("/", context => context.Response.WriteAsJsonAsync(
            new ProcessUse(GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime.TotalMicroseconds, Environment.WorkingSet),
            DiagnosticsJson.Default.ProcessUse,
            cancellationToken: context.RequestAborted));
        await app.StartAsync(cancellationToken);
        return app;
    }
}
