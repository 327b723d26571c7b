using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Common;

namespace Crm.Application.RateLimiting;

/// <summary>A request that proves who somebody is by a secret, and so could be used to guess one.</summary>
public interface IAttempt
{
    /// <summary>
    /// What is tried, as sent: the e-mail address of an account in any case, or the token that stands for it. <c>null</c> where the caller
    /// is signed in: then the limits of users apply.
    /// </summary>
    string? Account { get; }

    /// <summary>How the account's limit stands; empty until the pipeline has asked it.</summary>
    LimitCheck Limit { get; }
}

/// <summary>An attempt, and what it returns.</summary>
/// <typeparam name="TResult">What the caller gets back.</typeparam>
public interface IAttempt<out TResult> : IAttempt, ICommand<TResult>;

/// <summary>Limits how often an account may be tried from an address.</summary>
[Transient]
internal sealed class AccountLimit(RateLimitRules rules, IRateLimiter limiter, IDenials denials, ICaller caller)
{
    /// <summary>Takes a place for an attempt; requests of the address are limited before, and refused attempts use that limit up too.</summary>
    /// <exception cref="RateLimitedException">There is none.</exception>
    public async Task TakePlaceAsync(IAttempt attempt, string request, CancellationToken cancellationToken)
    {
        if (attempt.Account is not { } account)
            return;

        attempt.Limit.Add(rules.Of(LimitKind.Login), Guid.Empty, LimitSubjects.OfAccount(caller.Address, account));
        if (attempt.Limit.Uses.IsEmpty || await limiter.TakeAsync(attempt.Limit, cancellationToken))
            return;

        LimitMetrics.CountRefused(attempt.Limit);
        denials.CountAttempt(request);
        throw new RateLimitedException();
    }
}
