using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;

namespace Crm.Application.ApiKeys;

/// <summary>Revokes an API key: within a second no node takes it. What it was used for stays on record.</summary>
/// <param name="Id">The key.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("api_keys:write")]
[NeedsSession]
public sealed record RevokeApiKey(Guid Id, int? ExpectedVersion) : DeleteRecord<ApiKey>(Id, ExpectedVersion, Purge: false);
