using System.Globalization;
using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Pipelines;
using Crm.Domain.Tenants;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// Tells in the system's own terms what the database refused. Constraints are named after the table and the column they guard
/// (<c>uq_products__code</c>, <c>fk_deals__stage_id</c>), so that the answer can name the member at fault.
/// </summary>
internal static class DatabaseErrors
{
    // Raised by the function admit_record, with the kind, the limit and how many there are.
    private const string PlanLimit = "CRM01";

    private static readonly Dictionary<string, FieldError> Checks = new()
    {
        ["ck_contacts__identity"] = FieldError.At("", "contact_without_identity", "A contact needs a name or an e-mail address."),
        ["ck_companies__parent_id"] = FieldError.At("/parentId", "own_parent", "A company cannot be its own parent."),
        ["ck_stages__probability"] = StageErrors.FixedProbability,
        ["ck_tenants__identifier"] = FieldError.At("/identifier", "invalid_identifier", "Expected 3 to 40 of a–z, 0–9 and hyphen, beginning with a letter."),
    };

    /// <summary>Someone else changed the same data at the same moment.</summary>
    public static ConflictException ConcurrentChange() => new("concurrent_change", "The data was being changed by someone else; try again.");

    /// <summary>The database cannot be reached, has gone away, or is too busy to take or to answer a question.</summary>
    public static UnavailableException Unavailable() => new("database_unavailable", "The database does not answer at the moment; try again later.", passes: true);

    /// <summary>
    /// Translates a failure of any access to the database, however it is wrapped: EF Core wraps what it takes for passing, and saves.
    /// </summary>
    public static CrmException? Translate(Exception failure)
    {
        for (Exception? error = failure; error is not null; error = error.InnerException)
        {
            if (error is PostgresException refusal)
                return Translate(refusal);

            // No answer of the server's: it was not reached, the connection broke, no connection was free, or the time was over.
            if (error is NpgsqlException)
                return Unavailable();
        }

        return null;
    }

    /// <summary>Translates a refusal.</summary>
    public static CrmException? Translate(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => RecordErrors.Taken(MemberOf(error.ConstraintName)),
        PostgresErrorCodes.ForeignKeyViolation when error.MessageText.StartsWith("update or delete", StringComparison.Ordinal) =>
            new ConflictException("in_use", "Other records refer to this one and cannot be without it."),
        PostgresErrorCodes.ForeignKeyViolation =>
            new InvalidException([FieldError.At("/" + MemberOf(error.ConstraintName), "reference_not_found", "There is no such record.")]),
        PostgresErrorCodes.CheckViolation when Checks.TryGetValue(error.ConstraintName ?? "", out var fault) => new InvalidException([fault]),
        PostgresErrorCodes.NumericValueOutOfRange => new InvalidException([FieldError.At("", "out_of_range", "A number leaves the range that can be kept or answered.")]),
        PlanLimit when error.MessageText.Split(' ') is [var what, var limit, var used] =>
            TenantErrors.PlanLimitReached(what, long.Parse(limit, CultureInfo.InvariantCulture), long.Parse(used, CultureInfo.InvariantCulture)),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => ConcurrentChange(),
        PostgresErrorCodes.QueryCanceled => new UnavailableException("statement_timeout", "The question takes too long to answer; narrow the filter or ask for fewer records."),

        // A net below the readers of requests, which refuse such a text by the name of its member.
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter =>
            new InvalidException([FieldError.At("", "invalid_text", "A text is not valid Unicode or contains U+0000.")]),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.InvalidCatalogName => Unavailable(),
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
