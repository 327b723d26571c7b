using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.RateLimiting;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Gives the signed-in user another password; all sessions of the user but the present one end.</summary>
/// <param name="CurrentPassword">The password until now: a stolen access token alone must not take over the account.</param>
/// <param name="NewPassword">The password from now on.</param>
[SignedIn]
[NeedsSession]
public sealed record ChangePassword(string CurrentPassword, string NewPassword) : IAttempt<PasswordChanged>, ISetsPassword, IGuardsLockout
{
    internal User? ProvenUser { get; private set; }

    string? IAttempt.Account => null;

    LimitCheck IAttempt.Limit { get; } = new();

    string IGuardsLockout.OfferedPassword => CurrentPassword;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.WrongPassword("/currentPassword");

    void IGuardsLockout.Prove(User user) => ProvenUser = user;

    static string ISetsPassword.PasswordPointer => "/newPassword";

    /// <summary>The name alone: the passwords must not end up in a log.</summary>
    public override string ToString() => nameof(ChangePassword);
}

/// <summary>What the device is recognised by from now on, since a new password makes all devices unknown.</summary>
/// <param name="DeviceToken">The token that the device shows when its user signs in again.</param>
public sealed record PasswordChanged(string DeviceToken)
{
    /// <summary>The name alone: the token must not end up in a log.</summary>
    public override string ToString() => nameof(PasswordChanged);
}

internal sealed class ChangePasswordValidator : RequestValidator<ChangePassword>
{
    public ChangePasswordValidator()
    {
        Member("/currentPassword", r => r.CurrentPassword).MustBeGiven();
        Member("/newPassword", r => r.NewPassword).MustBeGiven();
    }
}

internal sealed class ChangePasswordOwner(ICaller caller, IUserDirectory users) : IPasswordOwnerOf<ChangePassword>
{
    public async Task<PasswordOwner> FindAsync(ChangePassword request, CancellationToken cancellationToken) =>
        await users.DescribeAsync(caller.UserId, cancellationToken) ?? throw IdentityErrors.MembershipEnded();
}

internal sealed class ChangePasswordHandler(
    ICaller caller, IUserDirectory users, IPasswords passwords, ISessions sessions, IKnownDevices devices, ISecurityLog log)
    : IRequestHandler<ChangePassword, PasswordChanged>
{
    public async Task<PasswordChanged> Handle(ChangePassword request, CancellationToken cancellationToken)
    {
        var user = request.ProvenUser!;
        var hash = await passwords.HashAsync(request.NewPassword, cancellationToken);
        await users.SetPasswordHashAsync(user.Id, hash, cancellationToken);
        user.PasswordHash = hash;
        await sessions.RevokeAllAsync(user.Id, caller.SessionId, SessionEndings.PasswordChanged, CancellationToken.None);
        await log.AppendAsync(SecurityActions.PasswordChanged, $"user:{user.Id}", new Dictionary<string, string>(), CancellationToken.None);
        return new PasswordChanged(devices.Remember(user));
    }
}
