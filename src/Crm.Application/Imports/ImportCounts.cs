using System.Text.Json;

namespace Crm.Application.Imports;

/// <summary>What has come of an import so far: the job's result.</summary>
/// <param name="Created">Rows that made a record.</param>
/// <param name="Updated">Rows that matched a record by the key.</param>
/// <param name="Failed">Rows that nothing came of.</param>
/// <param name="Warnings">What was not taken as it stood, in rows that were taken.</param>
internal sealed record ImportCounts(long Created = 0, long Updated = 0, long Failed = 0, long Warnings = 0)
{
    /// <summary>Adds the counts of further rows.</summary>
    public ImportCounts Add(ImportCounts other) =>
        new(Created + other.Created, Updated + other.Updated, Failed + other.Failed, Warnings + other.Warnings);

    /// <summary>Reads the counts of a job.</summary>
    public static ImportCounts Read(string? result) =>
        result is null ? new ImportCounts() : JsonSerializer.Deserialize<ImportCounts>(result, JsonSerializerOptions.Web)!;

    /// <summary>Writes the counts as a job's result.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
