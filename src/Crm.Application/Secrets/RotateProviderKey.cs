using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Secrets;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Secrets;

/// <summary>Puts another secret in the place of a provider key's present one, which is gone at once.</summary>
/// <param name="Id">The key.</param>
/// <param name="Secret">The new secret, 16–8192 characters.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("provider_keys:write")]
public sealed record RotateProviderKey(Guid Id, string Secret, int? ExpectedVersion) : ICommand<RecordDocument>, ITransactional
{
    /// <summary>The name alone: the secret must not end up in a log.</summary>
    public override string ToString() => nameof(RotateProviderKey);
}

internal sealed class RotateProviderKeyValidator : RequestValidator<RotateProviderKey>
{
    public RotateProviderKeyValidator() => Member("/secret", r => r.Secret).MustBeSecret();
}

internal sealed class RotateProviderKeyHandler(ITenantSession session, IChangeLog changes, IRecordStore records, RecordModel types, TimeProvider time)
    : IRequestHandler<RotateProviderKey, RecordDocument>
{
    public async Task<RecordDocument> Handle(RotateProviderKey request, CancellationToken cancellationToken)
    {
        // Held, so that of rotations at once one follows the other.
        var type = types.Of(typeof(ProviderKey));
        await records.HoldAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        var key = await session.Database.Set<ProviderKey>().SingleAsync(k => k.Id == request.Id, cancellationToken);
        key.Put(request.Secret, time.GetUtcNow());
        await changes.SaveAsync(cancellationToken);
        return (await records.FindAsync(key.Id, RecordSelection.Whole(type), cancellationToken))!;
    }
}
