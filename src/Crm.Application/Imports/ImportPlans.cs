using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Imports;

/// <summary>Reads what an import is to do, as a request or a job tells it, and finds all faults at once.</summary>
[Scoped]
internal sealed class ImportPlans(IEnumerable<IImportTarget> targets, ICaller caller, IMultiTenantContextAccessor tenants)
{
    private const int MaxDepth = 8;

    /// <summary>Reads a plan.</summary>
    public ImportPlan? Read(string? recordType, string? mapping, string? dryRun, List<FieldError> errors)
    {
        var before = errors.Count;
        var target = targets.FirstOrDefault(t => t.Type.Name == recordType);
        if (recordType is null)
            errors.Add(FieldErrors.Required("/recordType"));
        else if (target is null)
            errors.Add(FieldErrors.Choice("/recordType", [.. targets.Select(t => t.Type.Name).Order(StringComparer.Ordinal)]));
        if (dryRun is not (null or "true" or "false"))
            errors.Add(FieldErrors.Type("/dryRun", "true or false"));
        if (mapping is null)
            errors.Add(FieldErrors.Required("/mapping"));

        var plan = target is null || mapping is null ? null : Read(target, mapping, dryRun == "true", errors);
        return errors.Count == before ? plan : null;
    }

    private ImportPlan? Read(IImportTarget target, string mapping, bool dryRun, List<FieldError> errors)
    {
        try
        {
            using var json = StrictJson.Parse(mapping, MaxDepth);
            return new ImportMappingReader(target, RecordView.Of(caller), tenants.MultiTenantContext.TenantInfo!.Currency, errors).Read(json.RootElement, dryRun);
        }
        catch (JsonException error)
        {
            errors.Add(ImportErrors.InvalidJson((error.LineNumber ?? 0) + 1, (error.BytePositionInLine ?? 0) + 1));
            return null;
        }
    }
}
