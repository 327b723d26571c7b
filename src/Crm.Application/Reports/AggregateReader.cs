using System.Globalization;
using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Reports;

/// <summary>Reads the body of an aggregate question and finds all its faults at once.</summary>
public sealed class AggregateReader(RecordModel types, RecordView access, string currency)
{
    private const int MaxKeys = 5;
    private const int MaxMeasures = 10;
    private static readonly string[] Members = ["recordType", "filter", "groupBy", "measures"];
    private static readonly Dictionary<string, TimeBucket> Buckets = Enum.GetValues<TimeBucket>().ToDictionary(b => JsonNamingPolicy.CamelCase.ConvertName(b.ToString()));
    private static readonly FieldKind[] Groupable = [FieldKind.Id, FieldKind.Text, FieldKind.Choice, FieldKind.Integer, FieldKind.Boolean, FieldKind.Date, FieldKind.Timestamp];
    private static readonly FieldKind[] Summable = [FieldKind.Integer, FieldKind.Money];
    private static readonly FieldKind[] Comparable = [FieldKind.Integer, FieldKind.Money, FieldKind.Date, FieldKind.Timestamp];
    private readonly List<FieldError> _errors = [];

    /// <summary>Reads the body.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public AggregateQuery Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidException([FieldErrors.Type("", "an object")]);
        foreach (var member in body.EnumerateObject().Where(m => !Members.Contains(m.Name)))
            _errors.Add(FieldErrors.Unknown("/" + JsonPointer.Escape(member.Name)));

        var type = Type(body);
        if (type is null)
            throw new InvalidException(_errors);

        var filter = body.TryGetProperty("filter", out var json) && json.ValueKind != JsonValueKind.Null ? new FilterReader(type, access, currency, _errors).Read(json, "/filter") : null;
        var keys = Items(body, "groupBy", MaxKeys, (item, at) => Key(type, item, at));
        var measures = Items(body, "measures", MaxMeasures, (item, at) => Measure(type, item, at));
        if (measures.Count == 0 && _errors.Count == 0)
            _errors.Add(FieldErrors.Required("/measures"));
        return _errors.Count == 0 ? new AggregateQuery(type, filter, keys, measures) : throw new InvalidException(_errors);
    }

    private RecordType? Type(JsonElement body)
    {
        if (!body.TryGetProperty("recordType", out var json))
        {
            _errors.Add(FieldErrors.Required("/recordType"));
            return null;
        }

        // A type the caller may not read is as unknown as one that does not exist.
        var name = JsonValueReader.Text(json, "/recordType", 100, _errors);
        if (name is null || (types.Find(name) is { } type && access.MayRead(type)))
            return name is null ? null : types.Find(name);
        _errors.Add(FieldErrors.Choice("/recordType", [.. types.All.Where(access.MayRead).Select(t => t.Name)]));
        return null;
    }

    private List<T> Items<T>(JsonElement body, string name, int max, Func<JsonElement, string, T?> read)
        where T : class
    {
        if (!body.TryGetProperty(name, out var json) || json.ValueKind == JsonValueKind.Null)
            return [];
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > max)
        {
            _errors.Add(FieldErrors.Type("/" + name, $"a list of at most {max.ToString(CultureInfo.InvariantCulture)} objects"));
            return [];
        }

        return [.. json.EnumerateArray().Select((item, i) => read(item, $"/{name}/{i.ToString(CultureInfo.InvariantCulture)}")).OfType<T>()];
    }

    private GroupKey? Key(RecordType type, JsonElement json, string pointer)
    {
        if (Texts(json, pointer, "field", "bucket") is not { } members)
            return null;
        if (Field(type, members.GetValueOrDefault("field"), pointer, Groupable) is not { } path)
            return null;
        if (members.GetValueOrDefault("bucket") is not { } text)
            return new GroupKey(path, null);

        var known = Buckets.TryGetValue(text, out var bucket);
        if (known && path.Field.Kind is FieldKind.Date or FieldKind.Timestamp)
            return new GroupKey(path, bucket);
        _errors.Add(known
            ? FieldError.At(pointer + "/bucket", "invalid_bucket", "Only dates and times have buckets.")
            : FieldErrors.Choice(pointer + "/bucket", [.. Buckets.Keys]));
        return null;
    }

    private Measure? Measure(RecordType type, JsonElement json, string pointer)
    {
        if (Texts(json, pointer, "op", "field") is not { } members)
            return null;

        MeasureOp? op = members.GetValueOrDefault("op") switch
        {
            "count" => MeasureOp.Count,
            "sum" => MeasureOp.Sum,
            "avg" => MeasureOp.Avg,
            "min" => MeasureOp.Min,
            "max" => MeasureOp.Max,
            "winRate" when access.Field(type, "status")?.Choices.Contains("won") == true => MeasureOp.WinRate,
            _ => null,
        };
        var field = members.GetValueOrDefault("field");
        if (op is null)
            _errors.Add(FieldErrors.Choice(pointer + "/op", ["count", "sum", "avg", "min", "max", "winRate"]));
        else if (op is MeasureOp.Count or MeasureOp.WinRate && field is not null)
            _errors.Add(FieldError.At(pointer + "/field", "contradiction", "This figure is made of whole records, not of a field."));
        else if (op is MeasureOp.Count or MeasureOp.WinRate)
            return new Measure(op.Value, null);
        else if (Field(type, field, pointer, op is MeasureOp.Sum or MeasureOp.Avg ? Summable : Comparable) is { } path)
            return new Measure(op.Value, path);
        return null;
    }

    private FieldPath? Field(RecordType type, string? text, string pointer, FieldKind[] kinds)
    {
        if (text is null)
            _errors.Add(FieldErrors.Required(pointer + "/field"));
        else if (FieldPath.Resolve(type, text, access) is { } path && kinds.Contains(path.Field.Kind) && path.Field.Filterable)
            return path;
        else
            _errors.Add(FieldError.At(pointer + "/field", "unknown_field", $"There is no field '{text}' that can be used here."));
        return null;
    }

    private Dictionary<string, string?>? Texts(JsonElement json, string pointer, params string[] names)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(FieldErrors.Type(pointer, "an object"));
            return null;
        }

        var before = _errors.Count;
        var members = new Dictionary<string, string?>();
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (names.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Null)
                members[member.Name] = null;
            else if (names.Contains(member.Name))
                members[member.Name] = JsonValueReader.Text(member.Value, at, 255, _errors);
            else
                _errors.Add(FieldErrors.Unknown(at));
        }

        return _errors.Count == before ? members : null;
    }
}
