using Crm.Api.Http;
using Crm.Application.Authorization;

namespace Crm.Api.OpenApi;

/// <summary>What follows from an operation without being said in it.</summary>
internal static class OperationFacts
{
    /// <summary>Whether it changes a version of a record that the client names.</summary>
    public static bool TakesVersion(this Operation operation) =>
        operation.HeedsVersion || operation.Kind is OperationKind.Update or OperationKind.Delete or OperationKind.Restore || (operation is { Kind: OperationKind.Other, Record: not null } && operation.AnswersRecord());

    /// <summary>Whether it answers one whole record with its ETag.</summary>
    public static bool AnswersRecord(this Operation operation) => operation switch
    {
        { Kind: OperationKind.Get or OperationKind.Create or OperationKind.Update or OperationKind.Restore } => true,
        { Kind: OperationKind.Other, Record: not null, Answer: null } => operation.SuccessStatus == StatusCodes.Status200OK,
        _ => false,
    };

    /// <summary>The codes of its conflicts.</summary>
    public static IReadOnlyList<string> ConflictCodes(this Operation operation) => operation.Conflicts.Count > 0 ? operation.Conflicts : operation.Kind switch
    {
        OperationKind.Create => ["id_taken", "taken", "concurrent_change"],
        OperationKind.Update => ["taken", "concurrent_change"],
        OperationKind.Delete => ["in_use", "concurrent_change"],
        OperationKind.Restore => ["taken", "needs_live_records", "concurrent_change"],
        _ => [],
    };

    /// <summary>Whether a program may call it with an API key.</summary>
    public static bool TakesKeys(this Operation operation) =>
        !operation.Request.IsDefined(typeof(NeedsSessionAttribute), inherit: false) && AccessRules.DeclarationOf(operation.Request) is not HostScopeAttribute;

    /// <summary>Who may call it, in one sentence.</summary>
    public static string Access(this Operation operation) => AccessRules.DeclarationOf(operation.Request) switch
    {
        RequiresAttribute needs => $"Needs the permission {needs.Permission}.",
        HostScopeAttribute => "For the host's operator alone.",
        SignedInAttribute { AtHost: true } => "For everyone who is signed in, to a tenant or the host.",
        SignedInAttribute => "For every user of the tenant.",
        _ => "For everybody, signed in or not.",
    };
}
