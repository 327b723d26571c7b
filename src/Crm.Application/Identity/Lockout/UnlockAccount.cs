using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity.Lockout;

/// <summary>Unlocks a user's account, for the host's operator.</summary>
/// <param name="Email">The user's e-mail address, in any case.</param>
[HostScope]
public sealed record UnlockAccount(string Email) : ICommand<Unit>;

internal sealed class UnlockAccountValidator : RequestValidator<UnlockAccount>
{
    public UnlockAccountValidator() => Member("/email", r => r.Email).MustBeEmail();
}

internal sealed class UnlockAccountHandler(IUserDirectory users, ILockoutCounter counter, ISecurityLog log) : IRequestHandler<UnlockAccount, Unit>
{
    public async Task<Unit> Handle(UnlockAccount request, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(request.Email, cancellationToken) ?? throw MembershipErrors.NotFound();
        await counter.UnlockAsync(user.Id, cancellationToken);
        await log.AppendAsync(SecurityActions.AccountUnlocked, $"user:{user.Id}", new Dictionary<string, string>(), CancellationToken.None);
        return Unit.Value;
    }
}
