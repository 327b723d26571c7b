using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Identity;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.ApiKeys;

/// <summary>
/// Makes an API key that acts for the caller, cut down to the scopes given. Its secret is told in the answer and never again.
/// </summary>
/// <param name="Name">What it is called.</param>
/// <param name="Scopes">The permissions it is cut down to, 1–200, all of which the caller must have.</param>
/// <param name="AllowedIps">The addresses and ranges it may be used from, at most 50; none for anywhere.</param>
/// <param name="ExpiresAt">When it is no longer good; never when left out.</param>
[Requires("api_keys:write")]
[NeedsSession]
public sealed record CreateApiKey(string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string>? AllowedIps, DateTimeOffset? ExpiresAt)
    : ICommand<IssuedApiKey>, ITransactional;

/// <summary>A key with a new secret.</summary>
/// <param name="Secret">The secret, told this once.</param>
/// <param name="ApiKey">The key.</param>
public sealed record IssuedApiKey(string Secret, RecordDocument ApiKey)
{
    /// <summary>The key's id alone: the secret must not end up in a log.</summary>
    public override string ToString() => $"{nameof(IssuedApiKey)} {ApiKey.Id}";
}

internal sealed class CreateApiKeyValidator : RequestValidator<CreateApiKey>
{
    private const int MostScopes = 200;

    public CreateApiKeyValidator(TimeProvider time)
    {
        Member("/name", r => r.Name).MustBeName(ApiKeyRecord.LongestName);
        Member("/scopes", r => r.Scopes).Custom((scopes, context) => FaultsOf(scopes).AddTo(context));
        Member("/allowedIps", r => r.AllowedIps).Custom((ips, context) => FaultsOfIps(ips ?? []).AddTo(context));
        Member("/expiresAt", r => r.ExpiresAt).Custom((at, context) => ApiKeyRules.FaultsOf(at, time.GetUtcNow()).AddTo(context));
    }

    // A list may hold null where a text is expected.
    private static IEnumerable<FieldError> FaultsOf(IReadOnlyList<string?> scopes)
    {
        if (scopes.Count is 0 or > MostScopes)
            yield return FieldError.At("/scopes", "invalid_count", $"Expected 1 to {MostScopes} permissions.");
        foreach (var (index, _) in scopes.Index().Where(s => !Permissions.Scopes.Contains(s.Item!)).Take(MostScopes))
        {
            var at = FormattableString.Invariant($"/scopes/{index}");
            yield return FieldError.At(at, "unknown_scope", "There is no such permission, or none that an API key can have.");
        }
    }

    private static IEnumerable<FieldError> FaultsOfIps(IReadOnlyList<string?> ips)
    {
        if (ips.Count > RecordLimits.Items)
            yield return FieldError.At("/allowedIps", "too_many", $"At most {RecordLimits.Items} items.");
        foreach (var fault in ApiKeyRules.FaultsOf(ips))
            yield return fault;
    }
}

internal sealed class CreateApiKeyHandler(
    ITenantSession session, ICaller caller, IChangeLog changes, IRecordStore records, RecordModel types, IApiKeyMint mint, IMembershipLock gate, TimeProvider time)
    : IRequestHandler<CreateApiKey, IssuedApiKey>
{
    public async Task<IssuedApiKey> Handle(CreateApiKey request, CancellationToken cancellationToken)
    {
        var missing = request.Scopes.Where(scope => !caller.Permissions.Contains(scope)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw ApiKeyErrors.ScopesExceedCaller(missing);

        await DemandRoomAsync(cancellationToken);
        var key = new ApiKey
        {
            Name = request.Name,
            OwnerId = caller.UserId,
            AllowedIps = [.. (request.AllowedIps ?? []).Distinct()],
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        };
        key.ActFor(caller.UserId ?? throw ApiKeyErrors.SessionRequired(), [.. request.Scopes.Distinct().Order(StringComparer.Ordinal)]);
        var secret = mint.Mint();
        session.Database.ApiKeys.Add(key);
        session.Database.ApiKeySecrets.Add(secret.GiveTo(key, time.GetUtcNow()));
        await changes.SaveAsync(cancellationToken);
        return new IssuedApiKey(secret.Text, (await records.FindAsync(key.Id, RecordSelection.Whole(types.Of(typeof(ApiKey))), cancellationToken))!);
    }

    // Those who come at the same time are counted one after the other; costs nothing without a limit.
    private async Task DemandRoomAsync(CancellationToken cancellationToken)
    {
        if (session.Tenant.Limits.ApiKeys is not { } limit)
            return;
        await gate.HoldAsync(cancellationToken);
        var used = await session.Database.ApiKeys.CountAsync(cancellationToken);
        if (used >= limit)
            throw TenantErrors.PlanLimitReached("apiKeys", limit, used);
    }
}
