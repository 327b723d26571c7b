using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// Tells in the system's own terms what the database refused. Constraints are named after the table and the column they guard
/// (<c>uq_products__code</c>, <c>fk_deals__stage_id</c>), so that the answer can name the member at fault.
/// </summary>
internal static class DatabaseErrors
{
    private static readonly Dictionary<string, FieldError> Checks = new()
    {
        ["ck_contacts__identity"] = FieldError.At("", "contact_without_identity", "A contact needs a name or an e-mail address."),
        ["ck_companies__parent_id"] = FieldError.At("/parentId", "own_parent", "A company cannot be its own parent."),
        ["ck_stages__probability"] = FieldError.At("/probability", "fixed_probability", "A deal in a won stage is certain (100), in a lost one it is not (0)."),
        ["ck_tenants__identifier"] = FieldError.At("/identifier", "invalid_identifier", "Expected 3 to 40 of a–z, 0–9 and hyphen, beginning with a letter."),
    };

    /// <summary>Someone else changed the same data at the same moment.</summary>
    /// <returns>The exception to throw.</returns>
    public static ConflictException ConcurrentChange() => new("concurrent_change", "The data was being changed by someone else; try again.");

    /// <summary>Translates a refusal.</summary>
    /// <param name="error">What the database said.</param>
    /// <returns>What to throw, or <c>null</c> when it is a fault of ours.</returns>
    public static CrmException? Translate(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => RecordErrors.Taken(MemberOf(error.ConstraintName)),
        PostgresErrorCodes.ForeignKeyViolation when error.MessageText.StartsWith("update or delete", StringComparison.Ordinal) =>
            new ConflictException("in_use", "Other records refer to this one and cannot be without it."),
        PostgresErrorCodes.ForeignKeyViolation =>
            new InvalidException([FieldError.At("/" + MemberOf(error.ConstraintName), "reference_not_found", "There is no such record.")]),
        PostgresErrorCodes.CheckViolation when Checks.TryGetValue(error.ConstraintName ?? "", out var fault) => new InvalidException([fault]),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => ConcurrentChange(),
        PostgresErrorCodes.QueryCanceled => new UnavailableException("statement_timeout", "The question takes too long to answer; narrow the filter or ask for fewer records."),
        _ => null,
    };

    private static string MemberOf(string? constraint)
    {
        if (constraint?.Split("__") is not [_, var column])
            return "id";

        var parts = column.Split('_');
        return JsonNamingPolicy.CamelCase.ConvertName(string.Concat(parts.Select(p => char.ToUpperInvariant(p[0]) + p[1..])));
    }
}
