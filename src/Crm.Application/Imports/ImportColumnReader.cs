using System.Globalization;
using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Imports;

/// <summary>Reads one entry of a mapping: where a field's value comes from and how it is written.</summary>
internal sealed class ImportColumnReader(RecordType type, RecordView access, string currency, string pointer, List<FieldError> errors)
{
    private const int MaxReplacements = 1000;
    private static readonly string[] Members = ["field", "column", "value", "template", "lookup", "replace", "format", "currency", "multiply", "decimalSeparator"];
    private const decimal LargestMultiplier = 1e12m;

    /// <summary>Reads the entry.</summary>
    public ImportColumn? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type(pointer, "an object"));
            return null;
        }

        if (Field(json) is not { } field)
            return null;

        var column = new ImportColumn { Field = field, Pointer = pointer, Format = new CellFormat(null, null, 1m, currency) };
        var members = new List<JsonProperty>();
        foreach (var member in json.EnumerateObject())
        {
            // A member that is null is as one left out, but must be one that there is.
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (!Members.Contains(member.Name))
                errors.Add(FieldErrors.Unknown(at));
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                members.Add(member);
                column = Read(column, member.Name, member.Value, at);
            }
        }

        var sources = members.Count(m => m.Name is "column" or "value" or "template");
        if (sources != 1)
            errors.Add(ImportErrors.OneSource(pointer));
        else if (column is { Value: { } value, Lookup: null })
            CellReader.Read(field, value, column.Format, pointer + "/value", errors);
        return column;
    }

    private ImportColumn Read(ImportColumn column, string name, JsonElement json, string at)
    {
        var kind = column.Field.Kind;
        switch (name)
        {
            case "column":
                return column with { Column = NotBlank(json, at, 1000) };
            case "value":
                return column with { Value = NotBlank(json, at, 10_000) };
            case "template":
                return column with { Template = Template(json, at) };
            case "lookup":
                return column with { Lookup = Lookup(column.Field, json, at) };
            case "replace":
                return column with { Replace = Replacements(json, at) };
            case "format":
                Demand(kind == FieldKind.Date, at, "dates");
                return column with { Format = column.Format with { DateFormat = DateFormat(json, at) } };
            case "currency":
                Demand(kind == FieldKind.Money, at, "amounts");
                return column with { Format = column.Format with { Currency = Currency(json, at) } };
            case "multiply":
                Demand(kind is FieldKind.Money or FieldKind.Integer, at, "amounts and whole numbers");
                return column with { Format = column.Format with { Multiply = Multiplier(json, at) } };
            case "decimalSeparator":
                Demand(kind is FieldKind.Money or FieldKind.Integer, at, "amounts and whole numbers");
                return column with { Format = column.Format with { DecimalSeparator = Choice(json, at, [".", ","]) is { Length: 1 } separator ? separator[0] : null } };
            default:
                return column;
        }
    }

    private Field? Field(JsonElement json)
    {
        var at = pointer + "/field";
        if (!json.TryGetProperty("field", out var member))
            errors.Add(FieldErrors.Required(at));
        else if (JsonValueReader.Text(member, at, 100, errors) is { } name)
        {
            if (type.Field(name) is { Write: not FieldWrite.Never, Kind: not FieldKind.Addresses } field && access.MayWrite(type, field))
                return field;
            errors.Add(ImportErrors.UnknownField(at));
        }

        return null;
    }

    private void Demand(bool applies, string at, string to)
    {
        if (!applies)
            errors.Add(ImportErrors.NotApplicable(at, to));
    }

    private string? NotBlank(JsonElement json, string at, int max)
    {
        var text = JsonValueReader.Text(json, at, max, errors)?.Trim();
        if (text is { Length: 0 })
            errors.Add(FieldErrors.Blank(at));
        return text;
    }

    private CellTemplate? Template(JsonElement json, string at)
    {
        if (JsonValueReader.Text(json, at, 1000, errors) is not { } text)
            return null;
        var template = CellTemplate.Parse(text);
        if (template is null)
            errors.Add(ImportErrors.InvalidTemplate(at));
        return template;
    }

    private Field? Lookup(Field field, JsonElement json, string at)
    {
        if (field.Relation is not { } relation)
        {
            errors.Add(ImportErrors.NotApplicable(at, "references"));
            return null;
        }

        if (JsonValueReader.Text(json, at, 100, errors) is not { } name)
            return null;
        if (access.Field(relation.Target, name) is { IsIdentifying: true } by)
            return by;
        errors.Add(ImportErrors.UnknownLookup(at, access.Fields(relation.Target).Where(f => f.IsIdentifying).Select(f => f.Name)));
        return null;
    }

    private Dictionary<string, string> Replacements(JsonElement json, string at)
    {
        var replacements = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() > MaxReplacements)
        {
            errors.Add(FieldErrors.Type(at, "an object of at most 1,000 texts"));
            return replacements;
        }

        foreach (var member in json.EnumerateObject())
        {
            var pointer = $"{at}/{JsonPointer.Escape(member.Name)}";
            if (member.Name.Contains('\0', StringComparison.Ordinal))
                errors.Add(FieldErrors.Text(pointer));
            else if (JsonValueReader.Text(member.Value, pointer, 10_000, errors) is { } text)
                replacements[member.Name] = text.Trim();
        }

        return replacements;
    }

    private string? DateFormat(JsonElement json, string at)
    {
        if (JsonValueReader.Text(json, at, 20, errors) is not { } format)
            return null;
        if (format.All(c => c is 'd' or 'M' or 'y' or '/' or '-' or '.' or ' ') && format.Contains('d') && format.Contains('M') && format.Contains('y'))
            return format;
        errors.Add(ImportErrors.InvalidFormat(at));
        return null;
    }

    private string Currency(JsonElement json, string at)
    {
        var code = JsonValueReader.Text(json, at, 3, errors);
        if (code is null || Currencies.IsKnown(code))
            return code ?? currency;
        errors.Add(FieldErrors.Type(at, "an ISO 4217 currency in capitals"));
        return currency;
    }

    private decimal Multiplier(JsonElement json, string at)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var number) && number is > 0 and <= LargestMultiplier)
            return number;
        errors.Add(FieldErrors.Type(at, string.Create(CultureInfo.InvariantCulture, $"a number above 0, at most {LargestMultiplier:N0}")));
        return 1m;
    }

    private string? Choice(JsonElement json, string at, IReadOnlyList<string> choices)
    {
        var text = JsonValueReader.Text(json, at, 10, errors);
        if (text is null || choices.Contains(text))
            return text;
        errors.Add(FieldErrors.Choice(at, choices));
        return null;
    }
}
