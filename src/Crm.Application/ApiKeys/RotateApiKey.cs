using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Gives an API key a new secret, told in the answer and never again; the one before stays good for a while. Only the user it acts for can
/// do so.
/// </summary>
/// <param name="Id">The key.</param>
/// <param name="OverlapHours">For how many hours the secret before stays good, 0–168; 24 when left out.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("api_keys:write")]
[NeedsSession]
public sealed record RotateApiKey(Guid Id, int? OverlapHours, int? ExpectedVersion) : ICommand<IssuedApiKey>, ITransactional;

internal sealed class RotateApiKeyValidator : RequestValidator<RotateApiKey>
{
    private const int MostHours = 168;

    public RotateApiKeyValidator() =>
        Member("/overlapHours", r => r.OverlapHours).Must(hours => hours is null or (>= 0 and <= MostHours)).WithErrorCode("out_of_range")
            .WithMessage($"Expected a whole number from 0 to {MostHours}.");
}

internal sealed class RotateApiKeyHandler(
    ITenantSession session, ICaller caller, IChangeLog changes, IRecordStore records, RecordModel types, IApiKeyMint mint, TimeProvider time)
    : IRequestHandler<RotateApiKey, IssuedApiKey>
{
    public async Task<IssuedApiKey> Handle(RotateApiKey request, CancellationToken cancellationToken)
    {
        // Held, so that of two rotations at once the later one ends the secret of the earlier.
        var type = types.Of(typeof(ApiKey));
        await records.HoldAsync(type, request.Id, request.ExpectedVersion, cancellationToken);
        var key = await session.Database.ApiKeys.SingleAsync(k => k.Id == request.Id, cancellationToken);
        if (key.UserId != caller.UserId)
            throw ApiKeyErrors.NotOwn();

        var now = time.GetUtcNow();
        var secrets = session.Database.ApiKeySecrets;
        foreach (var before in await secrets.Where(s => s.ApiKeyId == key.Id).ToListAsync(cancellationToken))
        {
            if (before.EndsAt < now)
                secrets.Remove(before);
            else
                before.EndBy(now + TimeSpan.FromHours(request.OverlapHours ?? 24));
        }

        var secret = mint.Mint();
        secrets.Add(secret.GiveTo(key, now));
        await changes.SaveAsync(cancellationToken);
        return new IssuedApiKey(secret.Text, (await records.FindAsync(key.Id, RecordSelection.Whole(type), cancellationToken))!);
    }
}
