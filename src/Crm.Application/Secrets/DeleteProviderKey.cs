using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Secrets;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>
/// Removes a provider key's secret for good and puts what is left, which tells what it was used for, in the trash; or removes that too.
/// </summary>
/// <param name="Id">The key.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether nothing is to be left.</param>
[Requires("provider_keys:write")]
public sealed record DeleteProviderKey(Guid Id, int? ExpectedVersion, bool Purge) : ICommand<Unit>, ITransactional;

internal sealed class DeleteProviderKeyHandler(IRecordStore records, RecordModel types, IProviderKeys keys) : IRequestHandler<DeleteProviderKey, Unit>
{
    public async Task<Unit> Handle(DeleteProviderKey request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(ProviderKey));
        if (request.Purge)
        {
            await records.PurgeAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        }
        else
        {
            await records.DeleteAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
            await keys.EraseAsync(request.Id, cancellationToken);
        }

        return Unit.Value;
    }
}
