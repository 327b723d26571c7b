using Crm.Application.Authorization;
using Crm.Application.RateLimiting;
using Crm.Application.Records;

namespace Crm.Api.Http;

/// <summary>
/// What an endpoint is, said once: the same data reject unknown query parameters, decide who may call it and fill the API's documentation.
/// </summary>
/// <param name="Request">The request it makes; its name is the operationId.</param>
/// <param name="Summary">One line for the documentation.</param>
/// <param name="Kind">What it does with records.</param>
internal sealed record Operation(Type Request, string Summary, OperationKind Kind = OperationKind.Other)
{
    private static readonly string[] Administrative = ["/api/v1/admin/", "/api/v1/host/"];

    /// <summary>Whether anyone may call it, signed in or not.</summary>
    public bool IsPublic { get; } = AccessRules.DeclarationOf(Request) is PublicAttribute;

    /// <summary>
    /// How often it may be called; follows from the request, and from the route where that begins as administration does.
    /// </summary>
    public RateLimitClass RateLimit { get; init; } = OfRequest(Request);

    /// <summary>The record type it is about, if it is about one.</summary>
    public RecordType? Record { get; init; }

    /// <summary>The query parameters it takes; any other is refused.</summary>
    public IReadOnlyList<string> QueryParameters { get; init; } = [];

    /// <summary>Those of them without which it is refused.</summary>
    public IReadOnlyList<string> RequiredParameters { get; init; } = [];

    /// <summary>Whether it takes <c>filter[…]</c> parameters.</summary>
    public bool TakesFilters { get; init; }

    /// <summary>The shape of the body it takes, when that is not the record's; <c>null</c> for none.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether the body may be left out, which counts as an empty object.</summary>
    public bool BodyIsOptional { get; init; }

    /// <summary>Whether it takes a body; where it does not, one that is sent is refused.</summary>
    public bool TakesBody => Body is not null || Kind is OperationKind.Create or OperationKind.Update or OperationKind.Query;

    /// <summary>The media type of the body it takes.</summary>
    public string BodyMediaType { get; init; } = "application/json";

    /// <summary>The shape it answers with, when that is not the record's; <c>null</c> for none.</summary>
    public Type? Answer { get; init; }

    /// <summary>The status of its success.</summary>
    public int SuccessStatus { get; init; } = StatusCodes.Status200OK;

    /// <summary>Whether it takes <c>If-Match</c> though it is not plain from its kind.</summary>
    public bool HeedsVersion { get; init; }

    /// <summary>The codes of conflicts (409) it can answer with.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];

    /// <summary>The operation as it stands at a route.</summary>
    public Operation At(string pattern) =>
        RateLimit == RateLimitClass.Authenticated && Administrative.Any(prefix => pattern.StartsWith(prefix, StringComparison.Ordinal)) ? this with { RateLimit = RateLimitClass.Admin } : this;

    private static RateLimitClass OfRequest(Type request)
    {
        if (AccessRules.DeclarationOf(request) is not PublicAttribute)
            return RateLimitClass.Authenticated;
        return request.IsAssignableTo(typeof(IAttempt)) ? RateLimitClass.Login : RateLimitClass.Public;
    }
}

/// <summary>What an operation does with records.</summary>
internal enum OperationKind
{
    /// <summary>Something of its own.</summary>
    Other,

    /// <summary>Reads one record.</summary>
    Get,

    /// <summary>Reads a page by query parameters.</summary>
    List,

    /// <summary>Reads a page by a body.</summary>
    Query,

    /// <summary>Creates a record.</summary>
    Create,

    /// <summary>Changes a record.</summary>
    Update,

    /// <summary>Deletes a record.</summary>
    Delete,

    /// <summary>Restores a record.</summary>
    Restore,
}
