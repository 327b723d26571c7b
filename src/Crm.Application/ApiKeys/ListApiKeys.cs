using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;

namespace Crm.Application.ApiKeys;

/// <summary>Lists API keys by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("api_keys:read")]
[NeedsSession]
public sealed record ListApiKeys(RecordQuery Query) : ListRecords<ApiKey>(Query);

/// <summary>Lists API keys by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("api_keys:read")]
[NeedsSession]
public sealed record QueryApiKeys(RecordQuery Query) : ListRecords<ApiKey>(Query);

/// <summary>Reads one API key; its secret is told nowhere.</summary>
/// <param name="Id">The key.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("api_keys:read")]
[NeedsSession]
public sealed record GetApiKey(Guid Id, RecordSelection Selection) : GetRecord<ApiKey>(Id, Selection);
