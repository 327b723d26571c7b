using System.Globalization;
using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Imports;

/// <summary>
/// Reads a mapping, strictly: what is not known is a fault, and every fault carries a pointer into the mapping. docs/api/imports.md tells
/// the
/// language.
/// </summary>
internal sealed class ImportMappingReader(IImportTarget target, RecordView access, string currency, List<FieldError> errors)
{
    private const int MaxColumns = 200;
    private readonly RecordType _type = target.Type;

    /// <summary>Reads a mapping.</summary>
    public ImportPlan? Read(JsonElement json, bool dryRun)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type("/mapping", "an object"));
            return null;
        }

        string? keyName = null;
        char? delimiter = null;
        List<ImportColumn>? columns = null;
        foreach (var member in json.EnumerateObject())
        {
            var at = "/mapping/" + JsonPointer.Escape(member.Name);
            switch (member.Name)
            {
                case "columns": columns = Columns(member.Value, at); break;
                case "key" or "delimiter" when member.Value.ValueKind == JsonValueKind.Null: break;
                case "key": keyName = JsonValueReader.Text(member.Value, at, 100, errors); break;
                case "delimiter": delimiter = Delimiter(member.Value, at); break;
                default: errors.Add(FieldErrors.Unknown(at)); break;
            }
        }

        if (columns is null)
        {
            if (!json.TryGetProperty("columns", out _))
                errors.Add(FieldErrors.Required("/mapping/columns"));
            return null;
        }

        var key = keyName is null ? null : Key(columns, keyName);
        if (keyName is null)
            errors.AddRange(_type.Fields.Where(f => f.IsRequired && access.MayWrite(_type, f) && !columns.Exists(c => c.Field == f)).Select(f => ImportErrors.RequiredField(f.Name)));
        return new ImportPlan(target, columns, key, delimiter, dryRun);
    }

    private List<ImportColumn>? Columns(JsonElement json, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > MaxColumns)
        {
            errors.Add(FieldErrors.Type(pointer, "a list of 1 to 200 entries"));
            return null;
        }

        var columns = new List<ImportColumn>();
        var seen = new HashSet<Field>();
        foreach (var (i, entry) in json.EnumerateArray().Index())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{pointer}/{i}");
            if (new ImportColumnReader(_type, access, currency, at, errors).Read(entry) is not { } column)
                continue;
            if (!seen.Add(column.Field))
                errors.Add(ImportErrors.RepeatedField(at + "/field"));
            columns.Add(column);
        }

        return columns;
    }

    private ImportColumn? Key(List<ImportColumn> columns, string name)
    {
        var key = columns.Find(c => c.Field.Name == name && c.Field.IsIdentifying && c.Lookup is null);
        if (key is null)
            errors.Add(ImportErrors.InvalidKey(_type.Fields.Where(f => f.IsIdentifying && f.Write != FieldWrite.Never && access.MayWrite(_type, f)).Select(f => f.Name)));
        return key;
    }

    private char? Delimiter(JsonElement json, string pointer)
    {
        if (JsonValueReader.Text(json, pointer, 1, errors) is not { } text)
            return null;
        if (text is [var delimiter and not ('"' or '\r' or '\n')] && char.IsAscii(delimiter))
            return delimiter;
        errors.Add(FieldErrors.Type(pointer, "one ASCII character that is neither a quote nor a line end"));
        return null;
    }
}
