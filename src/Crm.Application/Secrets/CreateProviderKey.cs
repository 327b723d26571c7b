using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Secrets;
using FluentValidation;
using MediatR;

namespace Crm.Application.Secrets;

/// <summary>Keeps a secret for an outside service. It is encrypted before it is written, and never answered.</summary>
/// <param name="Provider">The service, such as <c>openai</c>: a small letter, then up to 39 of small letters, digits, hyphen and
/// underscore. A tenant has one live key for each.</param>
/// <param name="Name">The name people know it by, at most 100 characters.</param>
/// <param name="Secret">The secret as the service gave it, 16–8192 characters.</param>
[Requires("provider_keys:write")]
public sealed record CreateProviderKey(string Provider, string Name, string Secret) : ICommand<RecordDocument>, ITransactional
{
    /// <summary>The name alone: the secret must not end up in a log.</summary>
    public override string ToString() => nameof(CreateProviderKey);
}

internal sealed class CreateProviderKeyValidator : RequestValidator<CreateProviderKey>
{
    private const int LongestName = 100;

    public CreateProviderKeyValidator()
    {
        Member("/provider", r => r.Provider).Matches("^[a-z][a-z0-9_-]{0,39}$").WithErrorCode("invalid_provider")
            .WithMessage("A provider is a small letter, then up to 39 of a–z, 0–9, hyphen and underscore.");
        Member("/name", r => r.Name).MustBeName(LongestName);
        Member("/secret", r => r.Secret).MustBeSecret();
    }
}

internal sealed class CreateProviderKeyHandler(
    ITenantSession session, ICaller caller, IChangeLog changes, IRecordStore records, RecordModel types, TimeProvider time)
    : IRequestHandler<CreateProviderKey, RecordDocument>
{
    public async Task<RecordDocument> Handle(CreateProviderKey request, CancellationToken cancellationToken)
    {
        var key = new ProviderKey { Provider = request.Provider, Name = request.Name, OwnerId = caller.UserId };
        key.Put(request.Secret, time.GetUtcNow());
        session.Database.Set<ProviderKey>().Add(key);
        await changes.SaveAsync(cancellationToken);
        return (await records.FindAsync(key.Id, RecordSelection.Whole(types.Of(typeof(ProviderKey))), cancellationToken))!;
    }
}
