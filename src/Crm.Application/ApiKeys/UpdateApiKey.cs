using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Changes an API key's name, owner, ranges of addresses or expiry; the last two only for the user it acts for. Its scopes stay what they
/// were when it was made.
/// </summary>
/// <param name="Id">The key.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("api_keys:write")]
[NeedsSession]
public sealed record UpdateApiKey(Guid Id, RecordInput<ApiKey> Input, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional;

internal sealed class UpdateApiKeyHandler(ITenantSession session, ICaller caller, IRecordStore records) : IRequestHandler<UpdateApiKey, RecordDocument>
{
    public async Task<RecordDocument> Handle(UpdateApiKey request, CancellationToken cancellationToken)
    {
        var setsPlaceOrExpiry = request.Input.TryGet(k => k.AllowedIps, out _) || request.Input.TryGet(k => k.ExpiresAt, out _);

        // Where and how long it is good is between its user and the program that holds it; others can revoke it.
        if (setsPlaceOrExpiry && await session.Database.ApiKeys.AnyAsync(k => k.Id == request.Id && k.UserId != caller.UserId, cancellationToken))
            throw ApiKeyErrors.NotOwn();
        return await records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
    }
}
