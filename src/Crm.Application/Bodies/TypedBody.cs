using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Bodies;

/// <summary>
/// A JSON body that is no record, checked against the type it is read into: all faults of its form at once, and whatever of its members can
/// be read in spite of them.
/// </summary>
public sealed class TypedBody
{
    // No body takes a longer list; what is in one is not looked at.
    private const int MostItems = 1000;

    private readonly JsonElement _json;
    private readonly JsonTypeInfo _shape;
    private readonly List<FieldError> _faults = [];

    private TypedBody(JsonElement json, JsonTypeInfo shape)
    {
        (_json, _shape) = (json, shape);
        Check(json, shape, "");
    }

    /// <summary>Everything that is wrong with its form, in the order of the body; what is missing comes after what is there.</summary>
    public IReadOnlyList<FieldError> Faults => _faults;

    /// <summary>Checks a body.</summary>
    /// <param name="json">The body, which must outlive the result.</param>
    /// <param name="shape">The body's type, a record whose nullable members may be left out.</param>
    public static TypedBody Read(JsonElement json, JsonTypeInfo shape) => new(json, shape);

    /// <summary>Binds a body.</summary>
    /// <typeparam name="T">The body's type, a record whose nullable members may be left out.</typeparam>
    /// <exception cref="InvalidException">Members are unknown, missing, null or of the wrong type; all are reported.</exception>
    public static T Bind<T>(JsonElement json, JsonTypeInfo<T> shape)
    {
        var faults = Read(json, shape).Faults;
        return faults.Count == 0 ? json.Deserialize(shape)! : throw new InvalidException(faults);
    }

    /// <summary>
    /// Reads one member that was sent and has no fault of form. Items of a list that have one are read as <c>null</c>.
    /// </summary>
    internal bool TryRead<T>(string pointer, out T? value)
    {
        value = default;
        if (Find(pointer) is not var (json, shape) || IsFaulty(pointer))
            return false;
        if (shape.Kind != JsonTypeInfoKind.Enumerable || !_faults.Exists(fault => IsWithin(fault.Pointer!, pointer)))
            value = (T?)json.Deserialize(shape);
        else if (ItemOf(shape).Type.IsValueType)
            return false;
        else
            value = (T?)ListOf(json, pointer).Deserialize(shape);
        return true;
    }

    /// <summary>Whether a place, or one that it lies within, has a fault of form.</summary>
    internal bool IsFaulty(string pointer) => _faults.Exists(fault => IsWithin(pointer, fault.Pointer!));

    private static bool IsWithin(string pointer, string outer) =>
        pointer.StartsWith(outer, StringComparison.Ordinal) && (pointer.Length == outer.Length || pointer[outer.Length] == '/');

    private (JsonElement Json, JsonTypeInfo Shape)? Find(string pointer)
    {
        var (json, shape) = (_json, _shape);
        foreach (var name in pointer.Split('/').Skip(1))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
            shape = ShapeOf(shape.Properties.Single(p => p.Name == name));
        }

        return (json, shape);
    }

    private JsonArray ListOf(JsonElement json, string pointer) =>
        new([.. json.EnumerateArray().Select((item, index) => IsFaulty(At(pointer, index)) ? null : JsonNode.Parse(item.GetRawText()))]);

    private void Check(JsonElement json, JsonTypeInfo shape, string pointer)
    {
        if (shape.Kind == JsonTypeInfoKind.Object)
            CheckObject(json, shape, pointer);
        else if (shape.Kind == JsonTypeInfoKind.Enumerable)
            CheckList(json, shape, pointer);
        else
            CheckValue(json, shape, pointer);
    }

    private void CheckObject(JsonElement json, JsonTypeInfo shape, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(FieldErrors.Type(pointer, "an object"));
            return;
        }

        var missing = shape.Properties.ToDictionary(p => p.Name);
        foreach (var member in json.EnumerateObject())
        {
            var at = At(pointer, member.Name);
            if (!missing.Remove(member.Name, out var property))
                _faults.Add(FieldErrors.Unknown(at));
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, ShapeOf(property), at);
            else if (!MayBeNull(property))
                _faults.Add(FieldErrors.NotNull(at));
        }

        _faults.AddRange(missing.Values.Where(p => !MayBeNull(p)).Select(p => FieldErrors.Required(At(pointer, p.Name))));
    }

    // The type does not say whether an item may be null: the rules do.
    private void CheckList(JsonElement json, JsonTypeInfo shape, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            _faults.Add(FieldErrors.Type(pointer, "a list"));
        }
        else if (json.GetArrayLength() > MostItems)
        {
            _faults.Add(FieldError.At(pointer, "too_many", $"At most {MostItems} items."));
        }
        else
        {
            foreach (var (index, item) in json.EnumerateArray().Index().Where(i => i.Item.ValueKind != JsonValueKind.Null))
                Check(item, ItemOf(shape), At(pointer, index));
        }
    }

    private void CheckValue(JsonElement json, JsonTypeInfo shape, string pointer)
    {
        // What is written as a text must be one; the framework then reads numbers and ids out of it.
        if (json.ValueKind == JsonValueKind.String || shape.Type == typeof(string))
        {
            if (JsonValueReader.Text(json, pointer, int.MaxValue, _faults) is null || shape.Type == typeof(string))
                return;
        }

        try
        {
            json.Deserialize(shape);
        }
        catch (JsonException)
        {
            _faults.Add(FieldErrors.Type(pointer, Expected(Nullable.GetUnderlyingType(shape.Type) ?? shape.Type)));
        }
    }

    private static string At(string pointer, string name) => $"{pointer}/{JsonPointer.Escape(name)}";

    private static string At(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    private static JsonTypeInfo ShapeOf(JsonPropertyInfo property) => property.Options.GetTypeInfo(property.PropertyType);

    private static JsonTypeInfo ItemOf(JsonTypeInfo list) => list.Options.GetTypeInfo(list.ElementType!);

    private static bool MayBeNull(JsonPropertyInfo property) => property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;

    private static string Expected(Type type) =>
        type == typeof(Guid) ? "a UUID"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(DateTimeOffset) ? "a time as RFC 3339 writes it"
        : $"a value of type {type.Name}";
}
