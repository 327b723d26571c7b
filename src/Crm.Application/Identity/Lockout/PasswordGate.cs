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
/// delayed, hashed, logged; so neither answer nor time tells them apart.
/// </summary>
[Transient]
internal sealed class PasswordGate(
    AttemptedAccounts accounts, PasswordVerifier verifier, AttemptTurns turns, AttemptDelays delays, ILockoutCounter counter, ISecurityLog log,
    IOptions<LockoutOptions> options)
{
    /// <summary>Lets a request through if its password is right.</summary>
    /// <typeparam name="T">What the request is answered with.</typeparam>
    public async Task<T> PassAsync<T>(IGuardsLockout request, Func<Task<T>> next, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(request, cancellationToken);
        using (await turns.TakeAsync(account.Key, cancellationToken))
        {
            var number = await counter.BeginAsync(account.Key, cancellationToken);
            if (number <= options.Value.Failures)
                return await TryAsync(request, account, number, next, cancellationToken);
            await KeepAsync(account, number);
        }

        // Not in turn: however many there are, they hold up nobody who may still try.
        await delays.WaitAsync(options.Value.Failures + 1, cancellationToken);
        await verifier.VerifyAsync(user: null, request.OfferedPassword, cancellationToken);
        throw await RefuseAsync(request, account, isLocked: true);
    }

    private async Task<T> TryAsync<T>(
        IGuardsLockout request, AttemptedAccount account, int number, Func<Task<T>> next, CancellationToken cancellationToken)
    {
        T answer;
        var isRight = false;
        try
        {
            await delays.WaitAsync(number, cancellationToken);
            isRight = await verifier.VerifyAsync(account.User, request.OfferedPassword, cancellationToken);
            if (!isRight)
                throw await RefuseAsync(request, account, isLocked: false);

            request.Prove(account.User!);
            answer = await next();
        }
        catch (UnauthenticatedException)
        {
            // A tenant that is not the user's is answered like a wrong password, and counts as one. Any other failure leaves it right.
            isRight = false;
            throw;
        }
        finally
        {
            // A client that hangs up must not stop this.
            await (isRight ? counter.ClearAsync(account.Key, CancellationToken.None) : KeepAsync(account, number));
        }

        return answer;
    }

    private async Task KeepAsync(AttemptedAccount account, int number)
    {
        await counter.KeepAsync(account.Key, number, CancellationToken.None);
        if (number == options.Value.Failures)
        {
            var fields = new Dictionary<string, string>
            {
                ["email"] = account.Email,
                ["device"] = account.Device,
                ["for"] = options.Value.Duration.ToString("c"),
            };
            await log.AppendAsync(SecurityActions.AccountLocked, account.Subject, fields, CancellationToken.None);
        }
    }

    private async Task<CrmException> RefuseAsync(IGuardsLockout request, AttemptedAccount account, bool isLocked)
    {
        var refusal = request.Refusal();
        var action = request.Account is null ? SecurityActions.PasswordRefused : SecurityActions.SignInFailed;
        var fields = new Dictionary<string, string>
        {
            ["email"] = account.Email,
            ["code"] = refusal.Code,
            ["locked"] = isLocked ? "true" : "false",
        };
        await log.AppendAsync(action, account.Subject, fields, CancellationToken.None);
        return refusal;
    }
}

/// <summary>Checks a password against a user's hash, and renews a hash that was made with weaker parameters than today's.</summary>
[Transient]
internal sealed class PasswordVerifier(IUserDirectory users, IPasswords passwords)
{
    /// <summary>Checks a password; takes as long, and is always wrong, where there is no user.</summary>
    public async Task<bool> VerifyAsync(User? user, string password, CancellationToken cancellationToken)
    {
        var check = await passwords.CheckAsync(user?.PasswordHash, password, cancellationToken);
        if (user is null || check == PasswordCheck.Wrong)
            return false;

        if (check == PasswordCheck.RightButOutdated)
        {
            var hash = await passwords.HashAsync(password, cancellationToken);
            await users.RehashPasswordAsync(user.Id, hash, user.PasswordHash!, cancellationToken);
            user.PasswordHash = hash;
        }

        return true;
    }
}

/// <summary>Finds the account that an attempt is made at, and what its attempts are counted by.</summary>
[Transient]
internal sealed class AttemptedAccounts(IUserDirectory users, IKnownDevices devices, ICaller caller, ClientDevice device)
{
    /// <summary>Finds the account, whether somebody has it or not.</summary>
    /// <exception cref="UnauthenticatedException">The request is about the signed-in user, who is not there.</exception>
    public async Task<AttemptedAccount> FindAsync(IGuardsLockout request, CancellationToken cancellationToken)
    {
        if (request.Account is { } email)
        {
            return await users.FindByEmailAsync(email, cancellationToken) is { } found
                ? new AttemptedAccount(found, email, new LockoutKey(found.Id, devices.Recognise(device.Token, found) ?? Guid.Empty))
                : new AttemptedAccount(null, email, new LockoutKey(IdOf(email), Guid.Empty));
        }

        // A signed-in user is no stranger: the session counts for itself, and locks nothing but itself.
        return caller.UserId is { } userId && await users.FindAsync(userId, cancellationToken) is { } user
            ? new AttemptedAccount(user, user.Email, new LockoutKey(userId, caller.SessionId.GetValueOrDefault()))
            : throw IdentityErrors.MembershipEnded();
    }

    // An address nobody has is counted like one that somebody has. Half a hash names it: nobody finds another address with the same half.
    private static Guid IdOf(string email) => new(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant())).AsSpan(0, 16));
}

/// <summary>An account that is tried.</summary>
/// <param name="User">Whose it is; <c>null</c> when nobody has it.</param>
/// <param name="Email">Its address, as sent.</param>
/// <param name="Key">What its attempts are counted by.</param>
internal sealed record AttemptedAccount(User? User, string Email, LockoutKey Key)
{
    /// <summary>What the security log calls it.</summary>
    public string Subject => User is null ? "user:unknown" : $"user:{User.Id}";

    /// <summary>What the security log calls the device.</summary>
    public string Device => Key.Device == Guid.Empty ? "unknown" : Key.Device.ToString();
}
