using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>What can be wrong with a value, always with the same code and the same words.</summary>
internal static class FieldErrors
{
    public static FieldError Unknown(string pointer) => FieldError.At(pointer, "unknown_member", "There is no such member.");

    public static FieldError ReadOnly(string pointer) => FieldError.At(pointer, "read_only", "This member is kept by the system and cannot be set.");

    public static FieldError NotYours(string pointer) => FieldError.At(pointer, "read_only", "Your role lets you read this member, not set it.");

    public static FieldError FixedAfterCreate(string pointer) => FieldError.At(pointer, "read_only", "This member can only be set while the record is created.");

    public static FieldError Required(string pointer) => FieldError.At(pointer, "required", "This member is required.");

    public static FieldError NotNull(string pointer) => FieldError.At(pointer, "not_null", "This member cannot be null.");

    public static FieldError Type(string pointer, string expected) => FieldError.At(pointer, "invalid_type", $"Expected {expected}.");

    public static FieldError Blank(string pointer) => FieldError.At(pointer, "blank", "This text cannot be blank.");

    public static FieldError Text(string pointer) => FieldError.At(pointer, "invalid_text", "The text is not valid Unicode or contains U+0000.");

    public static FieldError ControlCharacter(string pointer) =>
        FieldError.At(pointer, "control_character", "This text stands on one line: no line breaks, tabs or other control characters.");

    public static FieldError TooLong(string pointer, int max) =>
        FieldError.At(pointer, "too_long", $"At most {max.ToString(CultureInfo.InvariantCulture)} characters.");

    public static FieldError TooMany(string pointer, int max) =>
        FieldError.At(pointer, "too_many", $"At most {max.ToString(CultureInfo.InvariantCulture)} items.");

    public static FieldError OutOfRange(string pointer, int min, int max) =>
        FieldError.At(pointer, "out_of_range", $"Between {min.ToString(CultureInfo.InvariantCulture)} and {max.ToString(CultureInfo.InvariantCulture)}.");

    public static FieldError Limit(Func<string, string, string, FieldError> fault) =>
        fault("limit", "out_of_range", $"Between 1 and {RecordLimits.LargestPage.ToString(CultureInfo.InvariantCulture)}.");

    public static FieldError Choice(string pointer, IReadOnlyList<string> choices) =>
        FieldError.At(pointer, "invalid_choice", $"One of: {string.Join(", ", choices)}.");

    public static FieldError Email(string pointer) => FieldError.At(pointer, "invalid_email", "Expected one plain e-mail address.");

    public static FieldError Money(string pointer) =>
        FieldError.At(pointer, "invalid_money", "Expected a decimal text with no more decimals than the currency has, and an ISO 4217 currency in capitals.");

    public static FieldError MissingReference(string pointer, string type) => FieldError.At(pointer, "reference_not_found", $"There is no such {type}.");
}
