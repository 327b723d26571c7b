using Crm.Benchmarks.Hosting;
using Crm.Infrastructure.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Benchmarks.Reference;

/// <summary>
/// The bar the API is measured against: Kestrel, Npgsql and hand-written statements, with no authentication, tenancy, row-level security,
/// validation or logging. Tenant, user and session are whatever the headers <c>X-Tenant</c>, <c>X-Actor</c> and <c>X-Session</c> say.
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
        var imports = new ReferenceImport(database, TimeProvider.System);
        app.Use(ReferenceHttp.CorrelateAsync);
        app.MapGet("/api/v1/contacts/{id}", reads.GetContactAsync);
        app.MapGet("/api/v1/contacts", reads.ListContactsAsync);
        app.MapPost("/api/v1/reports/aggregate", reads.AggregateDealsAsync);
        app.MapPost("/api/v1/contacts", writes.CreateContactAsync);
        app.MapPatch("/api/v1/contacts/{id}", writes.PatchContactAsync);
        app.MapPost("/api/v1/deals/{id}/move", writes.MoveDealAsync);
        app.MapPost("/api/v1/imports", imports.ImportContactsAsync);

        await using var diagnostics = await DiagnosticsListener.StartAsync(url, cancellationToken);
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
