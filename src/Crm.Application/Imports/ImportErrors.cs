using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Application.Imports;

/// <summary>What can be wrong with an import as a whole, before a job is made of it or while it runs.</summary>
internal static class ImportErrors
{
    public static FieldError NoFile() => FieldError.At("/file", "required", "Send the CSV file as the part 'file'.");

    public static FieldError EmptyFile() => FieldError.At("/file", "empty_file", "The file has no row below its header.");

    public static FieldError UnreadableHeader() => FieldError.At("/file", "invalid_csv", "The header of the file cannot be read: a quote is not closed, a name is too long, or there are more than 2,000 columns.");

    public static FieldError InvalidJson(long line, long position) => FieldError.At("/mapping", "invalid_json", string.Create(
        CultureInfo.InvariantCulture, $"The mapping is not valid JSON or repeats a member: line {line}, byte {position}."));

    public static FieldError UnknownColumn(string pointer, string column) => FieldError.At(pointer, "unknown_column", $"The file has no column '{column}'.");

    public static FieldError AmbiguousColumn(string pointer, string column) => FieldError.At(pointer, "ambiguous_column", $"The file has several columns '{column}'.");

    public static FieldError UnknownField(string pointer) => FieldError.At(pointer, "unknown_field", "The record type has no such field that can be set.");

    public static FieldError RepeatedField(string pointer) => FieldError.At(pointer, "repeated_field", "This field stands in the mapping twice.");

    public static FieldError NotApplicable(string pointer, string to) => FieldError.At(pointer, "not_applicable", $"This member applies to {to} alone.");

    public static FieldError OneSource(string pointer) => FieldError.At(pointer, "contradiction", "Exactly one of column, value and template says where the value comes from.");

    public static FieldError InvalidTemplate(string pointer) => FieldError.At(pointer, "invalid_template", "Expected a text with columns in braces, such as {first} {last}; a brace itself is doubled.");

    public static FieldError InvalidFormat(string pointer) => FieldError.At(pointer, "invalid_format", "Expected d, M and y with what parts them, such as M/d/yyyy.");

    public static FieldError UnknownLookup(string pointer, IEnumerable<string> choices) => FieldError.At(pointer, "invalid_choice", $"One of: {string.Join(", ", choices)}.");

    public static FieldError InvalidKey(IEnumerable<string> choices) => FieldError.At("/mapping/key", "invalid_choice", $"A field that is mapped, not by lookup, and one of: {string.Join(", ", choices)}.");

    public static FieldError RequiredField(string field) => FieldError.At("/mapping/columns", "required_field", $"A new record needs the field '{field}'; map it, or name a key.");

    /// <summary>The file of a job is no longer there.</summary>
    public static ConflictException FileGone() => new("file_gone", "The file of this import is no longer there; send it again.");

    /// <summary>The mapping makes far more text than the file holds.</summary>
    public static ConflictException TooMuchText(int row, long most) => new("too_much_text", string.Create(
        CultureInfo.InvariantCulture,
        $"Up to row {row}, constant values, templates and replacements make {most} characters more than the file holds; shorten them."));

    /// <summary>The file cannot be read any further.</summary>
    public static ConflictException Unreadable(long row) => new("invalid_csv", string.Create(
        CultureInfo.InvariantCulture, $"The file cannot be read beyond row {row}: a quote is not closed, or a row is longer than {ImportRows.MaxRowLength} bytes."));
}
