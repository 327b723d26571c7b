using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Checks a body against the description of its record type and binds it, finding all faults at once.</summary>
public static class RecordBinder
{
    /// <summary>Binds the body of a create: what is required must be there.</summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <param name="description">The type's description.</param>
    /// <param name="body">A JSON object.</param>
    /// <returns>The members.</returns>
    /// <exception cref="InvalidException">The body has faults; all are told.</exception>
    public static RecordInput<TRecord> BindCreate<TRecord>(RecordDescription description, JsonElement body)
        where TRecord : Record => Bind<TRecord>(description, body, creating: true);

    /// <summary>Binds a merge patch (RFC 7396): absent keeps, <c>null</c> clears.</summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <param name="description">The type's description.</param>
    /// <param name="body">A JSON object.</param>
    /// <returns>The members.</returns>
    /// <exception cref="InvalidException">The body has faults; all are told.</exception>
    public static RecordInput<TRecord> BindUpdate<TRecord>(RecordDescription description, JsonElement body)
        where TRecord : Record => Bind<TRecord>(description, body, creating: false);

    /// <summary>Finds what a new record cannot be without and was not sent.</summary>
    /// <param name="description">The type's description.</param>
    /// <param name="values">The fields that were sent.</param>
    /// <returns>A fault for each.</returns>
    internal static IEnumerable<FieldError> Missing(RecordDescription description, IReadOnlyList<KeyValuePair<RecordField, object?>> values) =>
        description.Fields.Where(f => f.IsRequired && !values.Any(v => v.Key == f)).Select(f => FieldErrors.Required("/" + f.Name));

    private static RecordInput<TRecord> Bind<TRecord>(RecordDescription description, JsonElement body, bool creating)
        where TRecord : Record
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidException([FieldErrors.Type("", "an object")]);

        var errors = new List<FieldError>();
        var values = new List<KeyValuePair<RecordField, object?>>();
        foreach (var member in body.EnumerateObject())
        {
            var pointer = "/" + JsonPointer.Escape(member.Name);
            if (description.Field(member.Name) is not { } field)
                errors.Add(FieldErrors.Unknown(pointer));
            else if (field.Write == FieldWrite.Never)
                errors.Add(FieldErrors.ReadOnly(pointer));
            else if (field.Write == FieldWrite.OnCreate && !creating)
                errors.Add(FieldErrors.FixedAfterCreate(pointer));
            else
                values.Add(new(field, Value(field, member.Value, pointer, creating, errors)));
        }

        if (creating)
            errors.AddRange(Missing(description, values));
        return errors.Count == 0 ? new RecordInput<TRecord>(description, values) : throw new InvalidException(errors);
    }

    private static object? Value(RecordField field, JsonElement json, string pointer, bool creating, List<FieldError> errors)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (!field.Nullable)
                errors.Add(FieldErrors.NotNull(pointer));
            return null;
        }

        var value = JsonValueReader.Read(field, json, pointer, errors);
        if (creating && value is PartialMoney)
            errors.Add(FieldErrors.Money(pointer));
        return value;
    }
}
