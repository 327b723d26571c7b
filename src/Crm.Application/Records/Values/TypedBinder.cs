using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Checks a body that is no record against the type it is read into and binds it, finding all faults of its form at once.</summary>
public static class TypedBinder
{
    /// <summary>Binds a body.</summary>
    /// <typeparam name="T">The body's type, a record whose nullable members may be left out.</typeparam>
    /// <param name="body">A JSON value.</param>
    /// <param name="shape">The type's shape in JSON.</param>
    /// <returns>The body.</returns>
    /// <exception cref="InvalidException">Members are unknown, missing, null or of the wrong type; all are told.</exception>
    public static T Bind<T>(JsonElement body, JsonTypeInfo<T> shape)
    {
        var errors = new List<FieldError>();
        Check(body, shape, "", errors);
        return errors.Count == 0 ? body.Deserialize(shape)! : throw new InvalidException(errors);
    }

    private static void Check(JsonElement json, JsonTypeInfo shape, string pointer, List<FieldError> errors)
    {
        if (shape.Kind != JsonTypeInfoKind.Object)
        {
            CheckValue(json, shape, pointer, errors);
            return;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type(pointer, "an object"));
            return;
        }

        var missing = shape.Properties.ToDictionary(p => p.Name);
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (!missing.Remove(member.Name, out var property))
                errors.Add(FieldErrors.Unknown(at));
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, shape.Options.GetTypeInfo(property.PropertyType), at, errors);
            else if (!MayBeNull(property))
                errors.Add(FieldErrors.NotNull(at));
        }

        errors.AddRange(missing.Values.Where(p => !MayBeNull(p)).Select(p => FieldErrors.Required($"{pointer}/{p.Name}")));
    }

    private static bool MayBeNull(JsonPropertyInfo property) => property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;

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

    private static string Expected(Type type) =>
        type == typeof(Guid) ? "a UUID"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : $"a value of type {type.Name}";
}
