using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Checks a body against the description of its record type and binds it, finding all faults at once.</summary>
public static class RecordBinder
{
    /// <summary>Binds the body of a create: what is required must be there.</summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <exception cref="InvalidException">The body has faults; all are told.</exception>
    /// <exception cref="ForbiddenException">A new record cannot be without a field that the caller may not set.</exception>
    public static RecordInput<TRecord> BindCreate<TRecord>(RecordType description, JsonElement body, RecordView access)
        where TRecord : Record
    {
        if (!MayCreate(description, access))
            throw RecordErrors.FieldRestricted(description);
        return Bind<TRecord>(description, body, access, creating: true);
    }

    /// <summary>Binds a merge patch (RFC 7396): absent keeps, <c>null</c> clears.</summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    /// <exception cref="InvalidException">The body has faults; all are told.</exception>
    public static RecordInput<TRecord> BindUpdate<TRecord>(RecordType description, JsonElement body, RecordView access)
        where TRecord : Record => Bind<TRecord>(description, body, access, creating: false);

    /// <summary>Whether a caller may set all that a new record cannot be without.</summary>
    internal static bool MayCreate(RecordType description, RecordView access) =>
        access.IsFull || description.Fields.All(f => !f.IsRequired || access.MayWrite(description, f));

    /// <summary>Finds what a new record cannot be without and was not sent.</summary>
    internal static IEnumerable<FieldError> Missing(RecordType description, IReadOnlyList<KeyValuePair<Field, object?>> values) =>
        description.Fields.Where(f => f.IsRequired && !values.Any(v => v.Key == f)).Select(f => FieldErrors.Required("/" + f.Name));

    private static RecordInput<TRecord> Bind<TRecord>(RecordType description, JsonElement body, RecordView access, bool creating)
        where TRecord : Record
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidException([FieldErrors.Type("", "an object")]);

        var errors = new List<FieldError>();
        var values = new List<KeyValuePair<Field, object?>>();
        foreach (var member in body.EnumerateObject())
        {
            var pointer = "/" + JsonPointer.Escape(member.Name);
            if (access.Field(description, member.Name) is not { } field)
                errors.Add(FieldErrors.Unknown(pointer));
            else if (field.Write == FieldWrite.Never)
                errors.Add(FieldErrors.ReadOnly(pointer));
            else if (!access.MayWrite(description, field))
                errors.Add(FieldErrors.NotYours(pointer));
            else if (field.Write == FieldWrite.OnCreate && !creating)
                errors.Add(FieldErrors.FixedAfterCreate(pointer));
            else
                values.Add(new(field, Value(field, member.Value, pointer, creating, errors)));
        }

        if (creating)
            errors.AddRange(Missing(description, values));
        return errors.Count == 0 ? new RecordInput<TRecord>(description, values) : throw new InvalidException(errors);
    }

    private static object? Value(Field field, JsonElement json, string pointer, bool creating, List<FieldError> errors)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (!field.Nullable)
                errors.Add(FieldErrors.NotNull(pointer));
            return null;
        }

        var before = errors.Count;
        var value = JsonValueReader.Read(field, json, pointer, errors);
        if (field.Rule is { } rule && value is not null && errors.Count == before)
            errors.AddRange(rule(value, pointer));
        if (creating && value is PartialMoney)
            errors.Add(FieldErrors.Money(pointer));
        return value;
    }
}
