using System.Globalization;
using System.Text.Json;
using Crm.Domain.Common;
using Crm.Domain.Contacts;

namespace Crm.Application.Records;

/// <summary>Reads a field's value out of JSON, noting every fault with a pointer to its place.</summary>
internal static class JsonValueReader
{
    /// <summary>Reads a value that is not <c>null</c>.</summary>
    public static object? Read(Field field, JsonElement json, string pointer, List<FieldError> errors) => field.Kind switch
    {
        FieldKind.Tags => Tags(field, json, pointer, errors),
        FieldKind.Emails => List(field, json, pointer, errors, (item, at) => Point(field, item, at, errors)),
        FieldKind.Phones => List(field, json, pointer, errors, (item, at) => Point(field, item, at, errors)),
        FieldKind.Addresses => List(field, json, pointer, errors, (item, at) => Address(field, item, at, errors)),
        FieldKind.Rules => Rules(field, json, pointer, errors),
        FieldKind.Money => ReadMoney(json, pointer, errors),
        _ => Scalar(field, json, pointer, errors),
    };

    /// <summary>Reads a text, refusing what PostgreSQL cannot store.</summary>
    public static string? Text(JsonElement json, string pointer, int max, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            errors.Add(FieldErrors.Type(pointer, "a text"));
            return null;
        }

        if (!TryGetText(json, out var text))
        {
            errors.Add(FieldErrors.Text(pointer));
            return null;
        }

        if (text.Length > max)
        {
            errors.Add(FieldErrors.TooLong(pointer, max));
            return null;
        }

        return text;
    }

    // What stands among other words, in a list or a mail, must not bring lines of its own.
    private static string? Line(JsonElement json, string pointer, int max, List<FieldError> errors)
    {
        var text = Text(json, pointer, max, errors);
        if (text is not null && !OneLineText.IsOneLine(text))
            errors.Add(FieldErrors.ControlCharacter(pointer));
        return text;
    }

    private static object? Scalar(Field field, JsonElement json, string pointer, List<FieldError> errors)
    {
        if (field.Kind == FieldKind.Boolean)
        {
            if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
                return json.GetBoolean();
            errors.Add(FieldErrors.Type(pointer, "true or false"));
            return null;
        }

        if (field.Kind == FieldKind.Integer)
        {
            if (json.ValueKind != JsonValueKind.Number || !json.TryGetInt32(out var number))
                errors.Add(FieldErrors.Type(pointer, "a whole number"));
            else if (number < field.Min || number > field.Max)
                errors.Add(FieldErrors.OutOfRange(pointer, field.Min, field.Max));
            else
                return number;
            return null;
        }

        var max = field.Kind is FieldKind.Text ? field.MaxLength : 255;
        if ((field.Kind is FieldKind.Text && !field.IsMultiLine ? Line(json, pointer, max, errors) : Text(json, pointer, max, errors)) is not { } text)
            return null;

        var value = TextValueReader.Read(field, text, pointer, out var error);
        if (error is not null)
            errors.Add(error);
        return value;
    }

    private static object? ReadMoney(JsonElement json, string pointer, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type(pointer, "an object with amount and currency"));
            return null;
        }

        string? amount = null, currency = null;
        var before = errors.Count;
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (member.NameEquals("amount"))
                amount = Text(member.Value, at, 20, errors);
            else if (member.NameEquals("currency"))
                currency = Text(member.Value, at, 3, errors);
            else
                errors.Add(FieldErrors.Unknown(at));
        }

        if (errors.Count > before)
            return null;

        // A merge patch may name one part only; the other one is then the record's own.
        if (amount is null != currency is null)
            return new PartialMoney(amount, currency);
        if (Money.TryParse(amount, currency, out var money))
            return money;

        errors.Add(FieldErrors.Money(pointer));
        return null;
    }

    private static List<string>? Tags(Field field, JsonElement json, string pointer, List<FieldError> errors) =>
        List(field, json, pointer, errors, (item, at) =>
        {
            var tag = Line(item, at, field.MaxLength, errors);
            if (tag is not null && string.IsNullOrWhiteSpace(tag))
                errors.Add(FieldErrors.Blank(at));
            return tag?.Trim();
        })?.Distinct(StringComparer.Ordinal).ToList();

    private static ContactPoint? Point(Field field, JsonElement json, string pointer, List<FieldError> errors)
    {
        if (Members(json, pointer, errors, (name, value, at) => name switch
        {
            "value" => Line(value, at, field.MaxLength, errors),
            "label" when value.ValueKind == JsonValueKind.Null => null,
            "label" => Line(value, at, RecordLimits.Label, errors),
            _ => Unknown(at, errors),
        }) is not { } members)
            return null;

        if (members.GetValueOrDefault("value") is not { } text)
        {
            if (!json.TryGetProperty("value", out _))
                errors.Add(FieldErrors.Required(pointer + "/value"));
            return null;
        }

        if (field.Kind == FieldKind.Emails && !EmailAddress.IsValid(text))
            errors.Add(FieldErrors.Email(pointer + "/value"));
        else if (string.IsNullOrWhiteSpace(text))
            errors.Add(FieldErrors.Blank(pointer + "/value"));
        return new ContactPoint(text, members.GetValueOrDefault("label"));
    }

    private static PostalAddress? Address(Field field, JsonElement json, string pointer, List<FieldError> errors)
    {
        if (Members(json, pointer, errors, (name, value, at) =>
                name is not ("street" or "city" or "region" or "postalCode" or "country" or "label") ? Unknown(at, errors)
                : value.ValueKind == JsonValueKind.Null ? null
                : name == "street" ? Text(value, at, field.MaxLength, errors)
                : Line(value, at, field.MaxLength, errors)) is not { } parts)
            return null;

        return new PostalAddress(
            parts.GetValueOrDefault("street"), parts.GetValueOrDefault("city"), parts.GetValueOrDefault("region"),
            parts.GetValueOrDefault("postalCode"), parts.GetValueOrDefault("country"), parts.GetValueOrDefault("label"));
    }

    // Null takes a rule away in a merge patch; in a new record there is none to take away.
    private static Dictionary<string, string?>? Rules(Field field, JsonElement json, string pointer, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() <= field.MaxItems)
            return Members(json, pointer, errors, (_, value, at) => value.ValueKind == JsonValueKind.Null ? null : Text(value, at, field.MaxLength, errors));
        errors.Add(FieldErrors.TooMany(pointer, field.MaxItems));
        return null;
    }

    private static List<T>? List<T>(Field field, JsonElement json, string pointer, List<FieldError> errors, Func<JsonElement, string, T?> read)
        where T : class
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            errors.Add(FieldErrors.Type(pointer, "a list"));
            return null;
        }

        if (json.GetArrayLength() > field.MaxItems)
        {
            errors.Add(FieldErrors.TooMany(pointer, field.MaxItems));
            return null;
        }

        var list = new List<T>();
        foreach (var (i, item) in json.EnumerateArray().Index())
        {
            if (read(item, $"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}") is { } value)
                list.Add(value);
        }

        return list;
    }

    private static Dictionary<string, string?>? Members(JsonElement json, string pointer, List<FieldError> errors, Func<string, JsonElement, string, string?> read)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Type(pointer, "an object"));
            return null;
        }

        var members = new Dictionary<string, string?>();
        foreach (var member in json.EnumerateObject())
            members[member.Name] = read(member.Name, member.Value, $"{pointer}/{JsonPointer.Escape(member.Name)}");
        return members;
    }

    private static string? Unknown(string pointer, List<FieldError> errors)
    {
        errors.Add(FieldErrors.Unknown(pointer));
        return null;
    }

    private static bool TryGetText(JsonElement json, out string text)
    {
        try
        {
            text = json.GetString()!;
            return !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: valid JSON, but no text.
            text = "";
            return false;
        }
    }
}
