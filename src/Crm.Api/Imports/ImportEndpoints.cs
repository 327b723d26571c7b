using System.Text.Json;
using Crm.Api.Http;
using Crm.Api.Jobs;
using Crm.Application.Imports;
using Crm.Application.Storage;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Crm.Api.Imports;

/// <summary>Imports over HTTP.</summary>
internal sealed class ImportEndpoints : IEndpointGroup
{
    // Room for the mapping and for what parts the parts.
    private const int BesideTheFile = 2 * ImportUpload.MaxValueLength;

    public static void Map(IEndpointRouteBuilder app) => app.MapOperation(
        "POST", "/api/v1/imports", new Operation(typeof(CreateImport), "Import the rows of a CSV file as a job.")
        {
            Body = typeof(ImportBody),
            BodyMediaType = "multipart/form-data",
            Answer = typeof(JobAnswer),
            SuccessStatus = StatusCodes.Status202Accepted,
        }, CreateAsync).WithTags("imports");

    private static async Task CreateAsync(HttpContext context)
    {
        var largest = context.RequestServices.GetRequiredService<IOptions<ImportOptions>>().Value.MaxFileSize;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = largest + BesideTheFile;

        var files = context.RequestServices.GetRequiredService<ITenantFiles>();
        var id = Guid.CreateVersion7();
        try
        {
            var upload = await ImportUpload.ReadAsync(context, files, CreateImport.FileOf(id), largest);
            var job = await context.RequestServices.GetRequiredService<IMediator>()
                .Send(new CreateImport(id, upload.RecordType, upload.Mapping, upload.DryRun, upload.HasFile), context.RequestAborted);
            context.Response.Headers.Location = $"/api/v1/jobs/{job.Id:D}";
            await JobEndpoints.WriteAsync(context, StatusCodes.Status202Accepted, job);
        }
        catch when (!context.Response.HasStarted)
        {
            files.Delete(CreateImport.FileOf(id));
            throw;
        }
    }

    /// <summary>A file to import and what is to become of it.</summary>
    /// <param name="File">The CSV file, 100 MB at most unless configured otherwise.</param>
    /// <param name="RecordType">What the rows become: company, contact, product or deal.</param>
    /// <param name="Mapping">Where each field's value comes from.</param>
    /// <param name="DryRun">Whether everything is checked and nothing written.</param>
    internal sealed record ImportBody(IFormFile File, string RecordType, JsonElement Mapping, bool? DryRun);
}
