using System.Globalization;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Reads a query, from query parameters or from a JSON body, and finds all its faults at once.</summary>
public sealed class RecordQueryReader(RecordType type, RecordView access, string currency, KnownSelections known)
{
    private static readonly string[] BodyMembers = ["filter", "sort", "fields", "expand", "limit", "cursor", "count"];
    private readonly List<FieldError> _errors = [];

    /// <summary>The parameters of a list; beside them <c>filter[…]</c>.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["sort", "fields", "expand", "limit", "cursor", "count"];

    /// <summary>Reads query parameters, each a name with its values.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public RecordQuery ReadParameters(IEnumerable<KeyValuePair<string, string[]>> parameters)
    {
        var filters = new List<FilterNode>();
        var single = new Dictionary<string, string>();
        var reader = new FilterReader(type, access, currency, _errors);
        foreach (var (name, values) in parameters)
        {
            if (name.StartsWith("filter[", StringComparison.Ordinal))
                filters.AddRange(values.Select(v => reader.ReadParameter(name, v)).OfType<FilterNode>());
            else if (!Parameters.Contains(name))
                _errors.Add(FieldError.In(name, "unknown_parameter", "There is no such parameter."));
            else if (values.Length != 1)
                _errors.Add(FieldError.In(name, "repeated_parameter", "This parameter can be given once."));
            else
                single[name] = values[0];
        }

        return Complete(
            filters.Count == 0 ? null : new AllOf(filters),
            Split(single.GetValueOrDefault("sort")), Split(single.GetValueOrDefault("fields")), Split(single.GetValueOrDefault("expand")),
            Limit(single.GetValueOrDefault("limit")), single.GetValueOrDefault("cursor"), single.GetValueOrDefault("count"),
            (name, code, message) => FieldError.In(name, code, message));
    }

    /// <summary>Reads the selection of a single record: <c>fields</c> and <c>expand</c> alone.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public RecordSelection ReadSelection(string? fields, string? expand)
    {
        if (fields is null && expand is null)
            return RecordSelection.Whole(type, access);

        // What is kept holds all fields that were asked for, hidden ones included: whoever is restricted is read anew.
        if (access.IsFull && known.Find(type, fields, expand) is { } before && MayRead(before))
            return before;

        var selection = Selection(Split(fields), Split(expand), (name, code, message) => FieldError.In(name, code, message));
        if (_errors.Count > 0)
            throw new InvalidException(_errors);
        if (access.IsFull)
            known.Keep(type, fields, expand, selection);
        return selection;
    }

    /// <summary>Reads the body of a query.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public RecordQuery ReadBody(JsonElement body) => body.ValueKind == JsonValueKind.Object
        ? ReadMembers(body.EnumerateObject(), BodyMembers, RecordLimits.Page)
        : throw new InvalidException([FieldErrors.Type("", "an object")]);

    /// <summary>Reads a query out of the members of a body, of which others may have been read by someone else.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    internal RecordQuery ReadMembers(IEnumerable<JsonProperty> sent, IReadOnlyList<string> taken, int? limit, params IEnumerable<FieldError> faults)
    {
        _errors.AddRange(faults);
        FilterNode? filter = null;
        List<string> sort = [], fields = [], expand = [];
        string? cursor = null, count = null;
        foreach (var member in sent)
        {
            var (at, value) = ("/" + JsonPointer.Escape(member.Name), member.Value);
            switch (taken.Contains(member.Name) ? member.Name : null)
            {
                case "filter": filter = new FilterReader(type, access, currency, _errors).Read(value, at); break;
                case "sort": sort = Texts(value, at); break;
                case "fields": fields = Texts(value, at); break;
                case "expand": expand = Texts(value, at); break;
                case "limit": limit = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? InRange(number) : null; break;
                case "cursor" when value.ValueKind == JsonValueKind.Null: break;
                case "cursor": cursor = JsonValueReader.Text(value, at, RecordLimits.Cursor, _errors); break;
                case "count": count = JsonValueReader.Text(value, at, 20, _errors); break;
                default: _errors.Add(FieldErrors.Unknown(at)); break;
            }
        }

        return Complete(filter, sort, fields, expand, limit, cursor, count, (name, code, message) => FieldError.At("/" + name, code, message));
    }

    /// <summary>Reads the parameter <c>limit</c>: how many items a page holds at most.</summary>
    public static int? Limit(string? text) =>
        text is null ? RecordLimits.Page : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? InRange(limit) : null;

    private RecordQuery Complete(
        FilterNode? filter, List<string> sort, List<string> fields, List<string> expand, int? limit, string? cursor, string? count, Func<string, string, string, FieldError> fault)
    {
        var query = new RecordQuery
        {
            Type = type,
            Filter = filter,
            Sort = Sort(sort, fault),
            Selection = Selection(fields, expand, fault),
            Limit = limit ?? 0,
            Cursor = cursor,
            Count = count switch { null or "none" => CountMode.None, "estimated" => CountMode.Estimated, "exact" => CountMode.Exact, _ => (CountMode)(-1) },
        };
        if (limit is null)
            _errors.Add(FieldErrors.Limit(fault));
        if (!Enum.IsDefined(query.Count))
            _errors.Add(fault("count", "invalid_choice", "One of: none, estimated, exact."));
        return _errors.Count == 0 ? query : throw new InvalidException(_errors);
    }

    private List<SortKey> Sort(List<string> texts, Func<string, string, string, FieldError> fault)
    {
        var keys = new List<SortKey>();
        foreach (var text in texts)
        {
            var descending = text.StartsWith('-');
            var path = FieldPath.Resolve(type, descending ? text[1..] : text, access);
            if (path is not { Field.Sortable: true })
                _errors.Add(fault("sort", "unknown_field", $"There is no field '{text}' to sort by."));
            else if (keys.Exists(k => k.Path.Equals(path)))
                _errors.Add(fault("sort", "repeated_field", $"The field '{text}' stands in the order twice."));
            else
                keys.Add(new SortKey(path, descending));
        }

        if (keys.Count > RecordLimits.SortKeys)
            _errors.Add(fault("sort", "too_many", $"At most {RecordLimits.SortKeys.ToString(CultureInfo.InvariantCulture)} fields."));
        if (keys.Count == 0)
            keys.Add(new SortKey(new FieldPath([], type.Field("createdAt")!), Descending: true));
        return keys;
    }

    private RecordSelection Selection(List<string> fields, List<string> expand, Func<string, string, string, FieldError> fault) =>
        new SelectionReader(access).Read(type, fields, expand, (list, path) => _errors.Add(fault(list, list == "fields" ? "unknown_field" : "unknown_relation",
            list == "fields" ? $"There is no field '{path}'." : $"There is no relation '{path}' to expand.")));

    private List<string> Texts(JsonElement json, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() <= RecordLimits.LargestPage)
            return [.. json.EnumerateArray().Select((item, i) => JsonValueReader.Text(item, $"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}", 255, _errors)).OfType<string>()];
        _errors.Add(FieldErrors.Type(pointer, "a list of at most 200 texts"));
        return [];
    }

    // What one caller asked for another may not be allowed to see; then it is read anew, and refused as unknown.
    private bool MayRead(RecordSelection selection) =>
        selection.Expanded.All(e => access.MayRead(e.Relation.Target) && MayRead(e.Selection));

    private static int? InRange(int limit) => limit is >= 1 and <= RecordLimits.LargestPage ? limit : null;

    private static List<string> Split(string? text) => string.IsNullOrEmpty(text) ? [] : [.. text.Split(',')];
}
