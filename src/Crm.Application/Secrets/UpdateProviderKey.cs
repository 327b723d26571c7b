using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Secrets;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>Changes the name or the owner of a provider key; another secret is put in by rotating it.</summary>
/// <param name="Id">The key.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("provider_keys:write")]
public sealed record UpdateProviderKey(Guid Id, RecordInput<ProviderKey> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateProviderKeyHandler(IRecordStore records) : IRequestHandler<UpdateProviderKey, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateProviderKey request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
