using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using MediatR;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Tells what an API key was used for in the last 90 days, revoked or not: how often, by hour, operation, outcome and address. The last
/// seconds may be missing.
/// </summary>
/// <param name="Id">The key.</param>
/// <param name="Limit">How many entries at most, 1–200.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; <c>null</c> for the first page.</param>
[Requires("api_keys:read")]
[NeedsSession]
public sealed record GetApiKeyUsage(Guid Id, int Limit, string? Cursor) : IQuery<Page<ApiKeyUsageEntry>>;

internal sealed class GetApiKeyUsageHandler(IApiKeyUsageReader usage, RecordModel types) : IRequestHandler<GetApiKeyUsage, Page<ApiKeyUsageEntry>>
{
    public async Task<Page<ApiKeyUsageEntry>> Handle(GetApiKeyUsage request, CancellationToken cancellationToken) =>
        await usage.ListAsync(request.Id, request.Limit, request.Cursor, cancellationToken) ?? throw RecordErrors.NotFound(types.Of(typeof(ApiKey)));
}
