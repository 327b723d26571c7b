using System.ComponentModel.DataAnnotations;
using Crm.Api.Http;
using Crm.Api.Jobs;
using Crm.Application.Imports;
using Crm.Application.Storage;
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
            var job = await context.SendAsync(new CreateImport(id, upload.RecordType, upload.Mapping, upload.DryRun, upload.HasFile));
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
    /// <param name="RecordType">What the rows become.</param>
    /// <param name="Mapping">Where each field's value comes from, as JSON.</param>
    /// <param name="DryRun">Whether everything is checked and nothing written.</param>
    internal sealed record ImportBody(
        IFormFile File, [property: AllowedValues("company", "contact", "product", "deal")] string RecordType, ImportMapping Mapping, bool? DryRun);

    /// <summary>Where each field's value comes from, and how the file is written.</summary>
    /// <param name="Columns">One entry for each field, 1–200.</param>
    /// <param name="Key">A mapped field by which a row finds the record it changes; without one every row makes a record.</param>
    /// <param name="Delimiter">The character between cells; found out when left out.</param>
    internal sealed record ImportMapping(IReadOnlyList<ImportColumn> Columns, string? Key, string? Delimiter);

    /// <summary>Where one field's value comes from: exactly one of column, value and template.</summary>
    /// <param name="Field">The field.</param>
    /// <param name="Column">A column of the file.</param>
    /// <param name="Value">The same value for every row.</param>
    /// <param name="Template">A text with columns in braces, such as {first} {last}.</param>
    /// <param name="Lookup">For a reference: the field of the other record by which it is found, such as name.</param>
    /// <param name="Replace">Cells to replace, each by another; every replacement is told as a warning.</param>
    /// <param name="Format">For dates: d, M and y with what parts them, such as M/d/yyyy.</param>
    /// <param name="Currency">For amounts: the currency, ISO 4217; the tenant's when left out.</param>
    /// <param name="Multiply">For amounts and whole numbers: what each is multiplied by.</param>
    /// <param name="DecimalSeparator">For amounts and whole numbers: what stands before decimals.</param>
    internal sealed record ImportColumn(
        string Field, string? Column, string? Value, string? Template, string? Lookup, IReadOnlyDictionary<string, string>? Replace,
        string? Format, string? Currency, decimal? Multiply, [property: AllowedValues(".", ",")] string? DecimalSeparator);
}
