using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Identity.Lockout;
using Crm.Application.RateLimiting;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Replaces a forgotten password, by the link that was mailed; all sessions of the user end.</summary>
/// <param name="Token">The secret of the link.</param>
/// <param name="NewPassword">The password from now on.</param>
[Public]
public sealed record ResetPassword(string Token, string NewPassword) : IAttempt<Unit>, ISetsPassword
{
    string? IAttempt.Account => Token;

    LimitCheck IAttempt.Limit { get; } = new();

    static string ISetsPassword.PasswordPointer => "/newPassword";

    /// <summary>The name alone: neither secret nor password must end up in a log.</summary>
    public override string ToString() => nameof(ResetPassword);
}

internal sealed class ResetPasswordValidator : RequestValidator<ResetPassword>
{
    public ResetPasswordValidator()
    {
        Member("/token", r => r.Token).MustBeGiven();
        Member("/newPassword", r => r.NewPassword).MustBeGiven();
    }
}

internal sealed class ResetPasswordOwner(IOneTimeLinks links, IUserDirectory users) : IPasswordOwnerOf<ResetPassword>
{
    public async Task<PasswordOwner> FindAsync(ResetPassword request, CancellationToken cancellationToken)
    {
        var link = await links.FindAsync(LinkPurposes.PasswordReset, request.Token ?? "", cancellationToken) ?? throw IdentityErrors.InvalidLink();

        // Users are never removed, least of all one whom a link refers to.
        return (await users.DescribeAsync(link.UserId, cancellationToken))!;
    }
}

internal sealed class ResetPasswordHandler(
    IOneTimeLinks links, IUserDirectory users, IPasswords passwords, ISessions sessions, ILockoutCounter lockout, ISecurityLog log)
    : IRequestHandler<ResetPassword, Unit>
{
    public async Task<Unit> Handle(ResetPassword request, CancellationToken cancellationToken)
    {
        var link = await links.FindAsync(LinkPurposes.PasswordReset, request.Token, cancellationToken) ?? throw IdentityErrors.InvalidLink();
        var hash = await passwords.HashAsync(request.NewPassword, cancellationToken);
        if (!await links.TryUseAsync(link.Id, cancellationToken))
            throw IdentityErrors.InvalidLink();

        // The link is used up: a client that goes away now must not be left without the password it has chosen.
        var userId = link.UserId!.Value;
        await users.SetPasswordHashAsync(userId, hash, CancellationToken.None);
        await sessions.RevokeAllAsync(userId, exceptSessionId: null, SessionEndings.PasswordChanged, CancellationToken.None);

        // What was guessed at is no longer the password, and its owner has proved to read the mail: nobody can keep the owner out.
        await lockout.UnlockAsync(userId, CancellationToken.None);
        await log.AppendAsync(SecurityActions.PasswordReset, $"user:{userId}", new Dictionary<string, string>(), CancellationToken.None);
        return Unit.Value;
    }
}
