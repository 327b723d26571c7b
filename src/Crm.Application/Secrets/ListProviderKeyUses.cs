using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Secrets;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>
/// Lists what a provider key was used for, latest first; also of one in the trash. Uses are kept for 90 days unless configured otherwise.
/// </summary>
/// <param name="Id">The key.</param>
/// <param name="Limit">How many at most, 1–200.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; <c>null</c> for the first page.</param>
[Requires("provider_keys:read")]
public sealed record ListProviderKeyUses(Guid Id, int Limit, string? Cursor) : IQuery<Page<ProviderKeyUse>>;

internal sealed class ListProviderKeyUsesHandler(RecordModel types, IProviderKeys keys) : IRequestHandler<ListProviderKeyUses, Page<ProviderKeyUse>>
{
    public async Task<Page<ProviderKeyUse>> Handle(ListProviderKeyUses request, CancellationToken cancellationToken) =>
        await keys.ListUsesAsync(request.Id, request.Limit, request.Cursor, cancellationToken) ?? throw RecordErrors.NotFound(types.Of(typeof(ProviderKey)));
}
