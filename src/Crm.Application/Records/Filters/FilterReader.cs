using System.Globalization;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>
/// Reads the filter language, as JSON (<c>{"and":[{"status":{"in":["open"]}},{"not":{…}}]}</c>) or as query parameters
/// (<c>filter[status][in]=open,won</c>), and checks it against a record type. Nothing is ignored: what is not known is a fault.
/// </summary>
internal sealed class FilterReader(RecordType description, RecordView access, string currency, List<FieldError> errors)
{
    private int _conditions;

    /// <summary>Reads a filter in JSON.</summary>
    public FilterNode Read(JsonElement json, string pointer) => Node(json, pointer, 0);

    /// <summary>Reads one query parameter such as <c>filter[amount][gte]</c>.</summary>
    public FilterNode? ReadParameter(string parameter, string text)
    {
        var parts = parameter.EndsWith(']') ? parameter["filter[".Length..^1].Split("][") : [];
        if (parts.Length is 0 or > 2 || parts.Any(p => p.AsSpan().ContainsAny('[', ']')))
        {
            errors.Add(FieldError.In(parameter, "invalid_filter", "Expected filter[field]=value or filter[field][operator]=value."));
            return null;
        }

        var faults = new List<FieldError>();
        var condition = Comparison(parts[0], parts.Length == 2 ? parts[1] : "eq", "", faults, (path, op) =>
        {
            if (op == FilterOperator.IsNull)
                return OneText(BooleanOf, text, faults);
            if (!FilterOperators.TakesList(op))
                return OneText((t, f) => Value(path.Field, t, "", f), text, faults);
            return [.. text.Split(',').SelectMany(t => OneText((v, f) => Value(path.Field, v, "", f), t, faults))];
        });
        errors.AddRange(faults.Select(f => FieldError.In(parameter, f.Code, f.Message)));
        return condition;
    }

    private FilterNode Node(JsonElement json, string pointer, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object || depth > RecordLimits.FilterDepth)
            return Fault(depth > RecordLimits.FilterDepth ? FieldError.At(pointer, "too_deep", $"At most {RecordLimits.FilterDepth.ToString(CultureInfo.InvariantCulture)} levels.") : FieldErrors.Type(pointer, "a filter object"));

        var parts = new List<FilterNode>();
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            parts.Add(member.Name switch
            {
                "and" => new AllOf(List(member.Value, at, depth)),
                "or" => new AnyOf(List(member.Value, at, depth)),
                "not" => new Not(Node(member.Value, at, depth + 1)),
                _ => Field(member.Name, member.Value, at),
            });
        }

        return parts.Count == 1 ? parts[0] : new AllOf(parts);
    }

    private List<FilterNode> List(JsonElement json, string pointer, int depth)
    {
        var nodes = new List<FilterNode>();
        if (json.ValueKind != JsonValueKind.Array)
            errors.Add(FieldErrors.Type(pointer, "a list of filters"));
        else if (json.GetArrayLength() > RecordLimits.FilterConditions)
            errors.Add(FieldErrors.TooMany(pointer, RecordLimits.FilterConditions));
        else
            foreach (var item in json.EnumerateArray())
                nodes.Add(Node(item, $"{pointer}/{nodes.Count.ToString(CultureInfo.InvariantCulture)}", depth + 1));
        return nodes;
    }

    private FilterNode Field(string name, JsonElement json, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Fault(FieldErrors.Type(pointer, "an object such as {\"eq\": …}"));

        var parts = new List<FilterNode>();
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (Comparison(name, member.Name, at, errors, (path, op) => Values(path, op, member.Value, at)) is { } condition)
                parts.Add(condition);
        }

        // A field that is compared with nothing would hold for every record.
        if (!json.EnumerateObject().Any())
            return Fault(FieldError.At(pointer, "invalid_filter", "Name at least one comparison."));
        return parts.Count == 1 ? parts[0] : new AllOf(parts);
    }

    private Condition? Comparison(string name, string operatorName, string pointer, List<FieldError> faults, Func<FieldPath, FilterOperator, object[]> read)
    {
        if (++_conditions > RecordLimits.FilterConditions)
        {
            faults.Add(FieldErrors.TooMany(pointer, RecordLimits.FilterConditions));
            return null;
        }

        if (FieldPath.Resolve(description, name, access) is not { } path)
        {
            faults.Add(FieldError.At(pointer, "unknown_field", $"There is no field '{name}' to filter by."));
            return null;
        }

        var allowed = FilterOperators.Of(path.Field);
        if (FilterOperators.Find(operatorName) is not { } op || !allowed.Contains(op))
        {
            faults.Add(FieldError.At(pointer, "unknown_operator", allowed.Count == 0
                ? $"The field '{name}' cannot be filtered by."
                : $"The field '{name}' allows: {string.Join(", ", allowed.Select(o => JsonNamingPolicy.CamelCase.ConvertName(o.ToString())))}."));
            return null;
        }

        var before = faults.Count;
        var values = read(path, op);
        if (faults.Count > before)
            return null;

        if (op == FilterOperator.Between && values.Length != 2)
            faults.Add(FieldError.At(pointer, "invalid_filter", "between takes exactly two values."));
        else if (values.Length > RecordLimits.FilterValues)
            faults.Add(FieldErrors.TooMany(pointer, RecordLimits.FilterValues));
        else
            return new Condition(path, op, values);
        return null;
    }

    private object[] Values(FieldPath path, FilterOperator op, JsonElement json, string pointer)
    {
        if (op == FilterOperator.IsNull)
            return json.ValueKind is JsonValueKind.True or JsonValueKind.False ? [json.GetBoolean()] : Faults(FieldErrors.Type(pointer, "true or false"));
        if (!FilterOperators.TakesList(op))
            return JsonValue(path.Field, json, pointer) is { } one ? [one] : [];
        if (json.ValueKind != JsonValueKind.Array)
            return Faults(FieldErrors.Type(pointer, "a list"));
        if (json.GetArrayLength() > RecordLimits.FilterValues)
            return Faults(FieldErrors.TooMany(pointer, RecordLimits.FilterValues));
        return [.. json.EnumerateArray().Select((item, i) => JsonValue(path.Field, item, $"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}")).OfType<object>()];
    }

    private object? JsonValue(Field field, JsonElement json, string pointer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String when JsonValueReader.Text(json, pointer, RecordLimits.FilterText, errors) is { } text:
                return Value(field, text, pointer, errors);
            case JsonValueKind.Number when field.Kind is FieldKind.Integer or FieldKind.Money:
                return Value(field, json.GetRawText(), pointer, errors);
            case JsonValueKind.True or JsonValueKind.False when field.Kind == FieldKind.Boolean:
                return json.GetBoolean();
            case JsonValueKind.Object when field.Kind == FieldKind.Money:
                var amount = JsonValueReader.Read(field, json, pointer, errors);
                return amount is PartialMoney part ? Value(field, $"{part.Amount} {part.Currency}".Trim(), pointer, errors) : amount;
            case JsonValueKind.String:
                return null;
            default:
                errors.Add(FieldErrors.Type(pointer, "a value of the field's kind; use isNull to ask for a missing one"));
                return null;
        }
    }

    private object? Value(Field field, string text, string pointer, List<FieldError> faults)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            // The database stores no such text, and refuses to compare with one.
            faults.Add(FieldErrors.Text(pointer));
            return null;
        }

        if (field.Kind == FieldKind.Money)
        {
            var parts = text.Split(' ');
            if (parts.Length <= 2 && Money.TryParse(parts[0], parts.Length == 2 ? parts[1] : currency, out var money))
                return money;
            faults.Add(FieldErrors.Money(pointer));
            return null;
        }

        if (field.Kind is FieldKind.Tags or FieldKind.Emails)
            return field.Kind == FieldKind.Emails ? text.ToLowerInvariant() : text;

        var value = TextValueReader.Read(field, text, pointer, out var fault);

        // A choice may be asked for that no longer exists, and a required text may be compared with a blank: both find nothing.
        if (fault is not null && field.Kind is not (FieldKind.Choice or FieldKind.Text))
            faults.Add(fault);
        return value;
    }

    private static object[] OneText(Func<string, List<FieldError>, object?> read, string text, List<FieldError> faults) =>
        read(text, faults) is { } value ? [value] : [];

    private static object? BooleanOf(string text, List<FieldError> faults)
    {
        if (text is "true" or "false")
            return text == "true";
        faults.Add(FieldErrors.Type("", "true or false"));
        return null;
    }

    private AllOf Fault(FieldError error)
    {
        errors.Add(error);
        return new AllOf([]);
    }

    private object[] Faults(FieldError error)
    {
        errors.Add(error);
        return [];
    }
}
