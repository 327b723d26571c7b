using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>What can be wrong with a request about any record.</summary>
public static class RecordErrors
{
    /// <summary>There is no such record, or not for this tenant.</summary>
    public static NotFoundException NotFound(RecordType type) => new(type.Noun);

    /// <summary>The caller may read the record, and do to others of its type what was asked, but not to this one.</summary>
    public static ForbiddenException OutOfScope(RecordType type) =>
        new(OutOfScopeCode, $"Your role does not cover this {type.Noun}: it belongs to someone else.");

    /// <summary>The code of <see cref="OutOfScope"/>.</summary>
    public const string OutOfScopeCode = "record_out_of_scope";

    /// <summary>The caller's role hides a field without which this cannot be done, or does not let it be set.</summary>
    public static ForbiddenException FieldRestricted(RecordType type) =>
        new("field_restricted", $"Your role restricts a field of the {type.Noun} without which this cannot be done.");

    /// <summary>A unique value is taken.</summary>
    public static ConflictException Taken(string member) =>
        new(member == "id" ? "id_taken" : "taken", $"Another record has this {member}.", new Dictionary<string, object?> { ["member"] = member });

    /// <summary>Other records cannot be without this one.</summary>
    public static ConflictException InUse(RecordType type) => new("in_use", $"Other records refer to this {type.Noun} and cannot be without it.");

    /// <summary>The record cannot leave the trash while a record it cannot be without is there.</summary>
    public static ConflictException NeedsLiveRecords(RecordType type) => new("needs_live_records", $"A record that this {type.Noun} cannot be without is in the trash; restore that one first.");

    /// <summary>References to records that do not exist, one fault for each.</summary>
    public static InvalidException MissingReferences(IEnumerable<Field> missing) =>
        new([.. missing.Select(f => FieldErrors.MissingReference("/" + f.Name, f.Relation!.Target.Noun))]);

    /// <summary>A page cannot be that large, or that small.</summary>
    public static InvalidException InvalidLimit() => new([FieldErrors.Limit(FieldError.In)]);

    /// <summary>The record would stand above itself, or too many records above one another.</summary>
    public static InvalidException NotAHierarchy(RecordType type, Field key) => new([FieldError.At("/" + key.Name, "not_a_hierarchy", string.Create(
        CultureInfo.InvariantCulture, $"No {type.Noun} stands above itself, directly or through others, and at most {key.Levels} {type.Nouns} above one another."))]);

    /// <summary>The cursor was not made by this query, or was changed.</summary>
    public static InvalidException InvalidCursor() =>
        new([FieldError.In("cursor", "invalid_cursor", "The cursor does not belong to this query; begin at the first page.")]);
}
