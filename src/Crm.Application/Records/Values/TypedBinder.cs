using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>
/// Checks a body that is no record against the type it is read into and binds it, finding all faults of its form at once.
/// </summary>
public static class TypedBinder
{
    // No body takes a longer list; what is in one is not looked at.
    private const int MostItems = 1000;

    /// <summary>Binds a body.</summary>
    /// <typeparam name="T">The body's type, a record whose nullable members may be left out.</typeparam>
    /// <exception cref="InvalidException">Members are unknown, missing, null or of the wrong type; all are told.</exception>
    public static T Bind<T>(JsonElement body, JsonTypeInfo<T> shape)
    {
        var faults = FindFaults(body, shape);
        return faults.Count == 0 ? body.Deserialize(shape)! : throw new InvalidException(faults);
    }

    /// <summary>Finds all faults of a body's form.</summary>
    public static IReadOnlyList<FieldError> FindFaults(JsonElement body, JsonTypeInfo shape)
    {
        var faults = new List<FieldError>();
        Check(body, shape, "", faults);
        return faults;
    }

    /// <summary>
    /// Binds what is left of a body with faults, so that the rules can be asked about it; it is not meant to be carried out. What cannot be
    /// without a value gets
    /// an empty one: what the rules say of that is to be left out.
    /// </summary>
    /// <typeparam name="T">The body's type.</typeparam>
    public static T BindRest<T>(JsonElement body, JsonTypeInfo<T> shape, IReadOnlyList<FieldError> faults) =>
        Mend(body, shape, "", faults.Select(f => f.Pointer!).ToHashSet()).Deserialize(shape)!;

    private static void Check(JsonElement json, JsonTypeInfo shape, string pointer, List<FieldError> errors)
    {
        if (shape.Kind == JsonTypeInfoKind.Object)
            CheckObject(json, shape, pointer, errors);
        else if (shape.Kind == JsonTypeInfoKind.Enumerable)
            CheckList(json, shape, pointer, errors);
        else
            CheckValue(json, shape, pointer, errors);
    }

    private static void CheckObject(JsonElement json, JsonTypeInfo shape, string pointer, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type(pointer, "an object"));
            return;
        }

        var missing = shape.Properties.ToDictionary(p => p.Name);
        foreach (var member in json.EnumerateObject())
        {
            var at = At(pointer, member.Name);
            if (!missing.Remove(member.Name, out var property))
                errors.Add(FieldErrors.Unknown(at));
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, ShapeOf(property), at, errors);
            else if (!MayBeNull(property))
                errors.Add(FieldErrors.NotNull(at));
        }

        errors.AddRange(missing.Values.Where(p => !MayBeNull(p)).Select(p => FieldErrors.Required(At(pointer, p.Name))));
    }

    // Whether an item may be null is not known of its type: the rules say so.
    private static void CheckList(JsonElement json, JsonTypeInfo shape, string pointer, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            errors.Add(FieldErrors.Type(pointer, "a list"));
        }
        else if (json.GetArrayLength() > MostItems)
        {
            errors.Add(FieldError.At(pointer, "too_many", $"At most {MostItems} items."));
        }
        else
        {
            foreach (var (index, item) in json.EnumerateArray().Index().Where(i => i.Item.ValueKind != JsonValueKind.Null))
                Check(item, ItemOf(shape), At(pointer, index), errors);
        }
    }

    private static void CheckValue(JsonElement json, JsonTypeInfo shape, string pointer, List<FieldError> errors)
    {
        // Whatever is written as a text must be one; numbers and ids are then read out of it by the framework.
        if (json.ValueKind == JsonValueKind.String || shape.Type == typeof(string))
        {
            if (JsonValueReader.Text(json, pointer, int.MaxValue, errors) is null || shape.Type == typeof(string))
                return;
        }

        try
        {
            json.Deserialize(shape);
        }
        catch (JsonException)
        {
            errors.Add(FieldErrors.Type(pointer, Expected(Nullable.GetUnderlyingType(shape.Type) ?? shape.Type)));
        }
    }

    private static JsonNode? Mend(JsonElement json, JsonTypeInfo shape, string pointer, HashSet<string> faulty)
    {
        if (faulty.Contains(pointer))
            return Empty(shape);
        if (json.ValueKind == JsonValueKind.Array && shape.Kind == JsonTypeInfoKind.Enumerable)
            return new JsonArray([.. json.EnumerateArray().Select((item, index) => Mend(item, ItemOf(shape), At(pointer, index), faulty))]);
        return json.ValueKind == JsonValueKind.Object && shape.Kind == JsonTypeInfoKind.Object
            ? Mend(name => json.TryGetProperty(name, out var value) ? value : null, shape, pointer, faulty)
            : JsonNode.Parse(json.GetRawText());
    }

    private static JsonObject Mend(Func<string, JsonElement?> find, JsonTypeInfo shape, string pointer, HashSet<string> faulty)
    {
        var mended = new JsonObject();
        foreach (var property in shape.Properties)
        {
            var at = At(pointer, property.Name);
            if (find(property.Name) is { } value && !faulty.Contains(at))
                mended[property.Name] = Mend(value, ShapeOf(property), at, faulty);
            else if (!MayBeNull(property))
                mended[property.Name] = Empty(ShapeOf(property));
        }

        return mended;
    }

    private static JsonNode? Empty(JsonTypeInfo shape)
    {
        if (shape.Type == typeof(string))
            return JsonValue.Create("");
        if (shape.Kind == JsonTypeInfoKind.Enumerable)
            return new JsonArray();
        return shape.Type.IsValueType ? JsonSerializer.SerializeToNode(Activator.CreateInstance(shape.Type), shape) : Mend(_ => null, shape, "", []);
    }

    private static string At(string pointer, string name) => $"{pointer}/{JsonPointer.Escape(name)}";

    private static string At(string pointer, int index) => FormattableString.Invariant($"{pointer}/{index}");

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
