using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Reads a field's value out of a text: a JSON string, a query parameter or a cell of a CSV file.</summary>
internal static class TextValueReader
{
    /// <summary>Reads a value.</summary>
    public static object? Read(Field field, string text, string pointer, out FieldError? error)
    {
        error = null;
        switch (field.Kind)
        {
            case FieldKind.Text:
                if (field.IsRequired && string.IsNullOrWhiteSpace(text))
                    error = FieldErrors.Blank(pointer);
                else if (text.Contains('\0', StringComparison.Ordinal))
                    error = FieldErrors.Text(pointer);
                return field.Kept(text);
            case FieldKind.Choice:
                if (!field.Choices.Contains(text))
                    error = FieldErrors.Choice(pointer, field.Choices);
                return text;
            case FieldKind.Id:
                if (Guid.TryParseExact(text, "D", out var id))
                    return id;
                error = FieldErrors.Type(pointer, "a UUID");
                return null;
            case FieldKind.Integer:
                if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                    return number;
                error = FieldErrors.Type(pointer, "a whole number");
                return null;
            case FieldKind.Boolean:
                if (text is "true" or "false")
                    return text == "true";
                error = FieldErrors.Type(pointer, "true or false");
                return null;
            case FieldKind.Date:
                if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                    return date;
                error = FieldErrors.Type(pointer, "a date as yyyy-MM-dd");
                return null;
            case FieldKind.Timestamp:
                if (TryReadInstant(text, out var instant))
                    return instant;
                error = FieldErrors.Type(pointer, "an RFC 3339 time such as 2026-01-31T09:30:00Z");
                return null;
            default:
                error = FieldErrors.Type(pointer, "a value of another kind");
                return null;
        }
    }

    /// <summary>Reads a time as RFC 3339 writes it: with a zone, to at most the microsecond that the database keeps.</summary>
    public static bool TryReadInstant(string text, out DateTimeOffset instant)
    {
        string[] formats = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];
        var valid = DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant)
            && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10);
        instant = instant.ToUniversalTime();
        instant = instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
        return valid;
    }
}
