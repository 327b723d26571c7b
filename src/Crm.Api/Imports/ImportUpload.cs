using System.Text;
using Crm.Application.Storage;
using Crm.Domain.Common;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Imports;

/// <summary>The parts of an import as they arrived; the file went to the tenant's files without passing through memory.</summary>
/// <param name="RecordType">The part <c>recordType</c>.</param>
/// <param name="Mapping">The part <c>mapping</c>.</param>
/// <param name="DryRun">The part <c>dryRun</c>.</param>
/// <param name="HasFile">Whether there was a part <c>file</c>.</param>
internal sealed record ImportUpload(string? RecordType, string? Mapping, string? DryRun, bool HasFile)
{
    /// <summary>The longest value in bytes of a part that is no file.</summary>
    public const int MaxValueLength = 1024 * 1024;

    private const int MaxBoundaryLength = 100;
    private const int MaxFaults = 10;

    /// <summary>Reads the parts, in whichever order they come.</summary>
    /// <exception cref="BadHttpRequestException">415 for another media type, 413 for a part too large, 400 for what is no multipart
    /// body.</exception>
    /// <exception cref="InvalidException">Parts are unknown or repeated; all are told.</exception>
    public static async Task<ImportUpload> ReadAsync(HttpContext context, ITenantFiles files, string fileName, long maxFileSize)
    {
        var upload = new ImportUpload(null, null, null, HasFile: false);
        var errors = new List<FieldError>();
        var reader = new MultipartReader(BoundaryOf(context.Request), context.Request.Body);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (errors.Count < MaxFaults && await NextAsync(reader, context.RequestAborted) is { } part)
        {
            var name = NameOf(part);
            if (!seen.Add(name))
                errors.Add(FieldError.At("/" + name, "repeated_part", "This part can be sent once."));
            else if (name == "file")
                upload = await StoreAsync(upload, part.Body, files, fileName, maxFileSize, context.RequestAborted);
            else if (name is "recordType" or "mapping" or "dryRun")
                upload = upload.With(name, await ReadTextAsync(part.Body, context.RequestAborted));
            else
                errors.Add(FieldError.At("/" + name, "unknown_member", "There is no such part."));
        }

        return errors.Count == 0 ? upload : throw new InvalidException(errors);
    }

    /// <summary>The body is no multipart body, or breaks off.</summary>
    internal static BadHttpRequestException NotWellFormed() => new("The body is not well-formed multipart/form-data.", StatusCodes.Status400BadRequest);

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw NotWellFormed();
        }
    }

    private ImportUpload With(string name, string text) => name switch
    {
        "recordType" => this with { RecordType = text },
        "mapping" => this with { Mapping = text },
        _ => this with { DryRun = text },
    };

    private static async Task<ImportUpload> StoreAsync(
        ImportUpload upload, Stream content, ITenantFiles files, string fileName, long maxFileSize, CancellationToken cancellationToken)
    {
        await using var bounded = new PartStream(content, maxFileSize);
        await files.WriteAsync(fileName, bounded, cancellationToken);
        return upload with { HasFile = true };
    }

    private static async Task<string> ReadTextAsync(Stream content, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(new PartStream(content, MaxValueLength), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException("Send the parts as multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxBoundaryLength
            ? boundary
            : throw new BadHttpRequestException("The media type names no boundary, or one that is too long.", StatusCodes.Status400BadRequest);
    }

    private static string NameOf(MultipartSection part) =>
        ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).ToString() : "";
}
