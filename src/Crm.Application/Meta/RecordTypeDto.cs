using System.Text.Json;
using Crm.Application.Records;

namespace Crm.Application.Meta;

/// <summary>A record type, as a client needs to know it to build lists, forms and filters.</summary>
/// <param name="Name">Its name in the API, such as <c>contact</c>.</param>
/// <param name="Plural">The name of its collection, in paths, such as <c>contacts</c>.</param>
/// <param name="Path">Where the collection is in the API, behind the version, such as <c>contacts</c> or <c>admin/teams</c>.</param>
/// <param name="Fields">Its fields, in the order in which answers carry them.</param>
/// <param name="Relations">The records it refers to.</param>
/// <param name="Permissions">What one must be allowed to read and change its records.</param>
public sealed record RecordTypeDto(
    string Name, string Plural, string Path, IReadOnlyList<FieldDto> Fields, IReadOnlyList<RelationDto> Relations, RecordPermissionsDto Permissions)
{
    /// <summary>Tells what a caller may know of a record type.</summary>
    public static RecordTypeDto Of(RecordType type, RecordView access) => new(
        type.Name,
        type.Plural,
        type.Path,
        [.. access.Fields(type).Select(f => FieldDto.Of(f, access.MayWrite(type, f)))],
        [.. access.Relations(type).Select(r => new RelationDto(r.Name, r.Key.Name, r.Target.Name))],
        RecordPermissionsDto.Of(type));
}

/// <summary>A field of a record type.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="Kind">What it holds: id, text, choice, integer, money, boolean, date, timestamp, tags, emails, phones or addresses; clients
/// must expect further ones.</param>
/// <param name="Summary">What it means, in one sentence.</param>
/// <param name="Required">Whether a record cannot be created without it.</param>
/// <param name="Nullable">Whether it can be without a value.</param>
/// <param name="ReadOnly">Whether the caller never sets it: no client does, or the caller's role does not let it.</param>
/// <param name="FixedAfterCreate">Whether it can be set while the record is created and never later.</param>
/// <param name="MaxLength">The longest text in UTF-16 code units, for lists the longest item; <c>null</c> for what is no text.</param>
/// <param name="Min">The smallest whole number allowed; <c>null</c> when there is no limit.</param>
/// <param name="Max">The largest whole number allowed; <c>null</c> when there is no limit.</param>
/// <param name="Choices">The values a choice can have at present; empty for all other kinds.</param>
/// <param name="Operators">The filter's operators it takes; empty when it cannot be filtered by.</param>
/// <param name="Sortable">Whether records can be sorted by it.</param>
public sealed record FieldDto(
    string Name, string Kind, string Summary, bool Required, bool Nullable, bool ReadOnly, bool FixedAfterCreate,
    int? MaxLength, int? Min, int? Max, IReadOnlyList<string> Choices, IReadOnlyList<string> Operators, bool Sortable)
{
    /// <summary>Tells of a field.</summary>
    public static FieldDto Of(Field field, bool mayWrite) => new(
        field.Name,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Kind.ToString()),
        field.Summary,
        field.IsRequired,
        field.Nullable,
        field.Write == FieldWrite.Never || !mayWrite,
        field.Write == FieldWrite.OnCreate,
        field.Kind is FieldKind.Text or FieldKind.Tags or FieldKind.Emails or FieldKind.Phones or FieldKind.Addresses or FieldKind.Rules ? field.MaxLength : null,
        field.Kind == FieldKind.Integer && field.Min > int.MinValue ? field.Min : null,
        field.Kind == FieldKind.Integer && field.Max < int.MaxValue ? field.Max : null,
        field.Choices,
        [.. FilterOperators.Of(field).Select(op => JsonNamingPolicy.CamelCase.ConvertName(op.ToString()))],
        field.Sortable);
}

/// <summary>A reference from a record type to another.</summary>
/// <param name="Name">Its name, in paths such as <c>company.country</c> and in expand.</param>
/// <param name="Field">The field that holds the other record's id.</param>
/// <param name="RecordType">The name of the other record type.</param>
public sealed record RelationDto(string Name, string Field, string RecordType);

/// <summary>The permissions that go with a record type.</summary>
/// <param name="Read">To read its records.</param>
/// <param name="Write">To create and change them; <c>null</c> when nobody can.</param>
/// <param name="Delete">To put them in the trash and to restore them; <c>null</c> when nobody can.</param>
/// <param name="Purge">To remove them for good; <c>null</c> when nobody can.</param>
public sealed record RecordPermissionsDto(string Read, string? Write, string? Delete, string? Purge)
{
    /// <summary>Tells which of a record type's permissions there are.</summary>
    public static RecordPermissionsDto Of(RecordType type) =>
        new(type.ReadPermission, Existing(type.WritePermission), Existing(type.DeletePermission), Existing(type.PurgePermission));

    private static string? Existing(string permission) => Domain.Identity.Permissions.All.Contains(permission) ? permission : null;
}
