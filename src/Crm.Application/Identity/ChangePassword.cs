using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity.Lockout;
using Crm.Application.Messaging;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Lets the signed-in user choose another password; all sessions of the user but the present one end.</summary>
/// <param name="CurrentPassword">The password until now: a stolen access token alone must not take over the account.</param>
/// <param name="NewPassword">The password from now on.</param>
[SignedIn]
[NeedsSession]
public sealed record ChangePassword(string CurrentPassword, string NewPassword) : ICommand<Unit>, ISetsPassword, IGuardsLockout
{
    string? IGuardsLockout.AccountEmail => null;

    string IGuardsLockout.OfferedPassword => CurrentPassword;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.WrongPassword("/currentPassword");

    string ISetsPassword.PasswordPointer => "/newPassword";

    /// <summary>The name alone: the passwords must not end up in a log.</summary>
    public override string ToString() => nameof(ChangePassword);
}

internal sealed class ChangePasswordValidator : AbstractValidator<ChangePassword>
{
    public ChangePasswordValidator()
    {
        RuleFor(r => r.CurrentPassword).NeededAt("/currentPassword");
        RuleFor(r => r.NewPassword).NeededAt("/newPassword");
    }
}

internal sealed class ChangePasswordOwner(ICaller caller, IUserDirectory users) : IPasswordOwnerOf<ChangePassword>
{
    public async Task<PasswordOwner> FindAsync(ChangePassword request, CancellationToken cancellationToken) =>
        await users.DescribeAsync(caller.UserId, cancellationToken) ?? throw IdentityErrors.MembershipEnded();
}

internal sealed class ChangePasswordHandler(PasswordProof proof, ICaller caller, IUserDirectory users, IPasswords passwords, ISessions sessions, ISecurityLog log)
    : IRequestHandler<ChangePassword, Unit>
{
    public async Task<Unit> Handle(ChangePassword request, CancellationToken cancellationToken)
    {
        var user = proof.User;
        var hash = await passwords.HashAsync(request.NewPassword, cancellationToken);
        await users.SetPasswordHashAsync(user.Id, hash, cancellationToken);
        user.PasswordHash = hash;
        await sessions.RevokeAllAsync(user.Id, caller.SessionId, SessionEndings.PasswordChanged, CancellationToken.None);
        await log.AppendAsync(SecurityActions.PasswordChanged, $"user:{user.Id}", new Dictionary<string, string>(), CancellationToken.None);
        return Unit.Value;
    }
}
