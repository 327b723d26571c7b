using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Companies;

namespace Crm.Application.Companies;

/// <summary>Lists companies by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("companies:read")]
public sealed record ListCompanies(RecordQuery Query) : ListRecords<Company>(Query);

/// <summary>Lists companies by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("companies:read")]
public sealed record QueryCompanies(RecordQuery Query) : ListRecords<Company>(Query);
