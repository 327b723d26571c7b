using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Secrets;

namespace Crm.Application.Secrets;

/// <summary>Lists provider keys by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("provider_keys:read")]
public sealed record ListProviderKeys(RecordQuery Query) : ListRecords<ProviderKey>(Query);

/// <summary>Lists provider keys by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("provider_keys:read")]
public sealed record QueryProviderKeys(RecordQuery Query) : ListRecords<ProviderKey>(Query);

/// <summary>Reads one provider key; never its secret.</summary>
/// <param name="Id">The key.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("provider_keys:read")]
public sealed record GetProviderKey(Guid Id, RecordSelection Selection) : GetRecord<ProviderKey>(Id, Selection);
