using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Jobs;
using Crm.Application.Messaging;
using Crm.Application.Storage;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.Imports;

/// <summary>
/// Imports the rows of a CSV file that lies in the tenant's files already, as a job. Mapping and header are checked before a job is made.
/// </summary>
/// <param name="Id">The job to be, a UUIDv7; the file's name follows from it, see <see cref="FileOf"/>.</param>
/// <param name="RecordType">What the rows become: <c>company</c>, <c>contact</c>, <c>product</c> or <c>deal</c>.</param>
/// <param name="Mapping">Where each field's value comes from, as JSON; docs/api/imports.md tells the language.</param>
/// <param name="DryRun"><c>true</c> to check everything and write nothing; <c>false</c> when left out.</param>
/// <param name="HasFile">Whether the file is there.</param>
[Requires("imports:write")]
public sealed record CreateImport(Guid Id, string? RecordType, string? Mapping, string? DryRun, bool HasFile) : ICommand<JobDto>
{
    /// <summary>Where the file of an import lies among the tenant's files.</summary>
    public static string FileOf(Guid id) => $"imports/{id:D}.csv";
}

internal sealed class CreateImportHandler(ImportPlans plans, ITenantFiles files, IJobStore jobs, ICaller caller) : IRequestHandler<CreateImport, JobDto>
{
    public async Task<JobDto> Handle(CreateImport request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (!request.HasFile)
            errors.Add(ImportErrors.NoFile());
        if (plans.Read(request.RecordType, request.Mapping, request.DryRun, errors) is { } plan)
        {
            plan.Demand(caller);
            if (request.HasFile)
                await CheckFileAsync(request.Id, plan, errors, cancellationToken);
        }

        if (errors.Count > 0)
            throw new InvalidException(errors);
        var payload = new ImportPayload(request.RecordType!, JsonSerializer.Deserialize<JsonElement>(request.Mapping!), request.DryRun == "true");
        return await jobs.EnqueueAsync(new NewJob(request.Id, ImportRunner.Type, JsonSerializer.Serialize(payload, JsonSerializerOptions.Web)), cancellationToken);
    }

    private async Task CheckFileAsync(Guid id, ImportPlan plan, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var file = files.OpenRead(CreateImport.FileOf(id)) ?? throw ImportErrors.FileGone();
        using var rows = await ImportRows.OpenAsync(file, plan.Delimiter, cancellationToken);
        if (rows is null)
        {
            errors.Add(ImportErrors.UnreadableHeader());
            return;
        }

        foreach (var column in plan.Columns)
        {
            var at = column.Pointer + (column.Template is null ? "/column" : "/template");
            foreach (var name in column.Reads)
            {
                if (!rows.Header.Contains(name))
                    errors.Add(ImportErrors.UnknownColumn(at, name));
                else if (rows.Header.Count(h => h == name) > 1)
                    errors.Add(ImportErrors.AmbiguousColumn(at, name));
            }
        }

        if (errors.Count == 0 && await rows.ReadAsync(cancellationToken) is null)
            errors.Add(ImportErrors.EmptyFile());
    }
}

/// <summary>What the job of an import keeps.</summary>
/// <param name="RecordType">What the rows become.</param>
/// <param name="Mapping">The mapping.</param>
/// <param name="DryRun">Whether nothing is written.</param>
internal sealed record ImportPayload(string RecordType, JsonElement Mapping, bool DryRun);
