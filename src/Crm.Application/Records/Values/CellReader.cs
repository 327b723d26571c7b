using System.Globalization;
using Crm.Domain.Common;
using Crm.Domain.Contacts;

namespace Crm.Application.Records;

/// <summary>How the cells of a column are written, where that does not follow from the field.</summary>
/// <param name="DateFormat">The order of day, month and year, such as <c>M/d/yyyy</c>; <c>null</c> for <c>yyyy-MM-dd</c>.</param>
/// <param name="DecimalSeparator">The decimal separator; the other one of point and comma, apostrophes and spaces then group digits.
/// <c>null</c> for a point and no groups.</param>
/// <param name="Multiply">What numbers are multiplied by, such as 1,000,000 where they are in millions.</param>
/// <param name="Currency">The currency of amounts, ISO 4217.</param>
internal sealed record CellFormat(string? DateFormat, char? DecimalSeparator, decimal Multiply, string Currency);

/// <summary>Reads a field's value out of a cell of a table, where everything is text, noting every fault.</summary>
internal static class CellReader
{
    /// <summary>What parts the values of a list in one cell.</summary>
    public const char ListSeparator = ';';

    // Keeps the product with any multiplier in the range of a decimal; no amount is that large.
    private const decimal LargestNumber = 1e15m;

    /// <summary>Reads a value.</summary>
    public static object? Read(Field field, string text, CellFormat format, string pointer, List<FieldError> errors)
    {
        switch (field.Kind)
        {
            case FieldKind.Money:
                return ReadMoney(text, format, pointer, errors);
            case FieldKind.Integer:
                return ReadInteger(field, text, format, pointer, errors);
            case FieldKind.Boolean:
                return ReadBoolean(text, pointer, errors);
            case FieldKind.Date when format.DateFormat is { } dateFormat:
                if (DateOnly.TryParseExact(text, dateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                    return date;
                errors.Add(FieldErrors.Type(pointer, $"a date as {dateFormat}"));
                return null;
            case FieldKind.Tags:
                return Items(field, text, pointer, errors);
            case FieldKind.Emails or FieldKind.Phones:
                return Points(field, text, pointer, errors);
            default:
                return ReadText(field, text, pointer, errors);
        }
    }

    private static object? ReadText(Field field, string text, string pointer, List<FieldError> errors)
    {
        if (field.Kind == FieldKind.Text && text.Length > field.MaxLength)
        {
            errors.Add(FieldErrors.TooLong(pointer, field.MaxLength));
            return null;
        }

        var value = TextValueReader.Read(field, text, pointer, out var error);
        if (error is not null)
            errors.Add(error);
        else if (field.Kind == FieldKind.Text && !field.IsMultiLine && !OneLineText.IsOneLine(text))
            errors.Add(FieldErrors.ControlCharacter(pointer));
        return value;
    }

    private static bool? ReadBoolean(string text, string pointer, List<FieldError> errors)
    {
        switch (text.ToLowerInvariant())
        {
            case "true" or "yes" or "1":
                return true;
            case "false" or "no" or "0":
                return false;
            default:
                errors.Add(FieldErrors.Type(pointer, "true or false, yes or no, 1 or 0"));
                return null;
        }
    }

    private static int? ReadInteger(Field field, string text, CellFormat format, string pointer, List<FieldError> errors)
    {
        if (Number(text, format) is not { } number || number != decimal.Truncate(number))
            errors.Add(FieldErrors.Type(pointer, "a whole number"));
        else if (number < field.Min || number > field.Max)
            errors.Add(FieldErrors.OutOfRange(pointer, field.Min, field.Max));
        else
            return (int)number;
        return null;
    }

    private static Money? ReadMoney(string text, CellFormat format, string pointer, List<FieldError> errors)
    {
        if (Number(text, format) is { } number && Money.TryParse(number.ToString("0.#############################", CultureInfo.InvariantCulture), format.Currency, out var money))
            return money;
        errors.Add(FieldErrors.Money(pointer));
        return null;
    }

    private static decimal? Number(string text, CellFormat format)
    {
        if (format.DecimalSeparator is { } separator)
        {
            var kept = text.Where(c => !char.IsWhiteSpace(c) && c != '\'' && c != (separator == ',' ? '.' : ','));
            text = string.Concat(kept.Select(c => c == separator ? '.' : c));
        }

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= LargestNumber
            ? number * format.Multiply
            : null;
    }

    private static List<ContactPoint> Points(Field field, string text, string pointer, List<FieldError> errors)
    {
        var points = Items(field, text, pointer, errors).ConvertAll(item => new ContactPoint(item));
        if (field.Kind == FieldKind.Emails && points.Exists(p => !EmailAddress.IsValid(p.Value)))
            errors.Add(FieldErrors.Email(pointer));
        return points;
    }

    private static List<string> Items(Field field, string text, string pointer, List<FieldError> errors)
    {
        var items = text.Split(ListSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        if (items.Count > RecordLimits.Items)
            errors.Add(FieldErrors.TooMany(pointer, RecordLimits.Items));
        if (items.Exists(i => i.Length > field.MaxLength))
            errors.Add(FieldErrors.TooLong(pointer, field.MaxLength));
        if (items.Exists(i => i.Contains('\0', StringComparison.Ordinal)))
            errors.Add(FieldErrors.Text(pointer));
        else if (!items.TrueForAll(OneLineText.IsOneLine))
            errors.Add(FieldErrors.ControlCharacter(pointer));
        return items;
    }
}
