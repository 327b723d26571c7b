using System.Security.Cryptography;
using System.Text;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Application.Identity.Lockout;

/// <summary>
/// The one place where a password is checked as proof. Known and unknown accounts, locked and open ones take the same way: found, counted,
/// made to wait, hashed, logged; so
/// neither answer nor time tells them apart.
/// </summary>
internal sealed class PasswordGate(
    IUserDirectory users, IPasswords passwords, ILockoutCounter counter, IKnownDevices devices, AttemptTurns turns, AttemptDelays delays,
    ICaller caller, ClientDevice device, PasswordProof proof, ISecurityLog log, IOptions<LockoutOptions> options)
{
    /// <summary>Lets a request through if its password is right.</summary>
    /// <typeparam name="T">What the request is answered with.</typeparam>
    public async Task<T> PassAsync<T>(IGuardsLockout request, Func<Task<T>> next, CancellationToken cancellationToken)
    {
        var attempt = await IdentifyAsync(request, cancellationToken);
        var (isLocked, answer) = await turns.TakeAsync(attempt.Key, () => TryAsync(request, attempt, next, cancellationToken), cancellationToken);
        if (!isLocked)
            return answer!;

        // Not in turn: however many there are, they hold up nobody who may still try.
        await delays.WaitAsync(options.Value.Failures + 1, cancellationToken);
        await passwords.CheckAsync(hash: null, request.OfferedPassword, cancellationToken);
        throw await RefuseAsync(request, attempt, isLocked: true);
    }

    private async Task<Attempt> IdentifyAsync(IGuardsLockout request, CancellationToken cancellationToken)
    {
        if (request.AccountEmail is { } email)
        {
            var found = await users.FindByEmailAsync(email, cancellationToken);
            return found is null
                ? new Attempt(null, email, new LockoutKey(IdOf(email), Guid.Empty))
                : new Attempt(found, email, new LockoutKey(found.Id, devices.Recognise(device.Token, found) ?? Guid.Empty));
        }

        // Whoever is signed in is no stranger: the session counts for itself, and locks nothing but itself.
        if (caller.UserId is not { } userId || await users.FindAsync(userId, cancellationToken) is not { } user)
            throw IdentityErrors.MembershipEnded();
        return new Attempt(user, user.Email, new LockoutKey(userId, caller.SessionId.GetValueOrDefault()));
    }

    private async Task<(bool IsLocked, T? Answer)> TryAsync<T>(IGuardsLockout request, Attempt attempt, Func<Task<T>> next, CancellationToken cancellationToken)
    {
        var number = await counter.BeginAsync(attempt.Key, cancellationToken);
        var (succeeded, outcome) = (false, (IsLocked: true, Answer: default(T)));
        try
        {
            if (number <= options.Value.Failures)
            {
                await delays.WaitAsync(number, cancellationToken);
                await ProveAsync(request, attempt, cancellationToken);
                try
                {
                    outcome = (false, await next());
                    succeeded = true;
                    device.NewToken = devices.Remember(proof.User);
                }
                catch (Exception failure) when (failure is not UnauthenticatedException)
                {
                    // The password was right, whatever came of it. A tenant that is not the user's is answered like a wrong password, and
                    // counts as one.
                    succeeded = true;
                    throw;
                }
            }
        }
        finally
        {
            // Not to be stopped by one who hangs up.
            if (succeeded)
                await counter.ClearAsync(attempt.Key, CancellationToken.None);
            else
                await KeepAsync(attempt, number);
        }

        return outcome;
    }

    private async Task ProveAsync(IGuardsLockout request, Attempt attempt, CancellationToken cancellationToken)
    {
        var check = await passwords.CheckAsync(attempt.User?.PasswordHash, request.OfferedPassword, cancellationToken);
        if (attempt.User is not { } user || check == PasswordCheck.Wrong)
            throw await RefuseAsync(request, attempt, isLocked: false);
        if (check == PasswordCheck.RightButOutdated)
        {
            var hash = await passwords.HashAsync(request.OfferedPassword, cancellationToken);
            await users.RehashPasswordAsync(user.Id, hash, user.PasswordHash!, cancellationToken);
            user.PasswordHash = hash;
        }

        proof.Set(user);
    }

    private async Task KeepAsync(Attempt attempt, int number)
    {
        await counter.KeepAsync(attempt.Key, number, CancellationToken.None);
        if (number == options.Value.Failures)
        {
            await log.AppendAsync(
                SecurityActions.AccountLocked, attempt.Subject,
                new Dictionary<string, string> { ["email"] = attempt.Email, ["device"] = attempt.Device, ["for"] = options.Value.Duration.ToString("c") }, CancellationToken.None);
        }
    }

    private async Task<CrmException> RefuseAsync(IGuardsLockout request, Attempt attempt, bool isLocked)
    {
        var refusal = request.Refusal();
        await log.AppendAsync(
            request.AccountEmail is null ? SecurityActions.PasswordRefused : SecurityActions.SignInFailed, attempt.Subject,
            new Dictionary<string, string> { ["email"] = attempt.Email, ["code"] = refusal.Code, ["locked"] = isLocked ? "true" : "false" }, CancellationToken.None);
        return refusal;
    }

    // An address nobody has is counted like one that somebody has. Half a hash names it: nobody finds another address with the same half.
    private static Guid IdOf(string email) => new(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant())).AsSpan(0, 16));

    private sealed record Attempt(User? User, string Email, LockoutKey Key)
    {
        public string Subject => User is null ? "user:unknown" : $"user:{User.Id}";

        public string Device => Key.Device == Guid.Empty ? "unknown" : Key.Device.ToString();
    }
}
