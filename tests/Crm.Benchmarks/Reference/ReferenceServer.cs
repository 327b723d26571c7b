using Crm.Benchmarks.Hosting;
using Crm.Infrastructure.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Benchmarks.Reference;

/// <summary>
/// The bar the API is measured against: Kestrel, Npgsql and five hand-written statements, with no authentication, tenancy, row-level
/// security, validation or logging. The tenant is whatever the <c>X-Tenant</c> header says.
/// </summary>
internal static class ReferenceServer
{
    /// <summary>Serves until the process is told to stop.</summary>
    public static async Task RunAsync(Uri url, string connectionString, CancellationToken cancellationToken)
    {
        // The same settings of the pool as the API's: preparation and the number of connections are not what is compared.
        await using var database = DataSources.ForApplication(connectionString);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url.ToString());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var app = builder.Build();

        var reads = new ReferenceReads(database);
        var writes = new ReferenceWrites(database, TimeProvider.System);
        app.MapGet("/api/v1/contacts/{id}", reads.GetContactAsync);
        app.MapGet("/api/v1/contacts", reads.ListContactsAsync);
        app.MapPost("/api/v1/reports/aggregate", reads.AggregateDealsAsync);
        app.MapPost("/api/v1/contacts", writes.CreateContactAsync);
        app.MapPatch("/api/v1/contacts/{id}", writes.PatchContactAsync);

        await using var diagnostics = await DiagnosticsListener.StartAsync(url, cancellationToken);
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
