using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Application.ApiKeys;

/// <summary>Changes an API key's name, owner, ranges of addresses or expiry. Its scopes stay what they were when it was made.</summary>
/// <param name="Id">The key.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("api_keys:write")]
[NeedsSession]
public sealed record UpdateApiKey(Guid Id, RecordInput<ApiKey> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateApiKeyHandler(IRecordStore records, TimeProvider time) : IRequestHandler<UpdateApiKey, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateApiKey request, CancellationToken cancellationToken)
    {
        var faults = new List<FieldError>();
        if (request.Input.TryGet(k => k.AllowedIps, out var ranges))
            faults.AddRange(ApiKeyRules.FaultsOf(ranges));
        if (request.Input.TryGet(k => k.ExpiresAt, out var expiresAt))
            faults.AddRange(ApiKeyRules.FaultsOf(expiresAt, time.GetUtcNow()));
        return faults.Count == 0
            ? records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken)
            : throw new InvalidException(faults);
    }
}
