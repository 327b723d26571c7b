using Crm.Application.Authorization;
using Crm.Application.Identity.Lockout;
using Crm.Application.Messaging;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Has a link mailed to a new e-mail address of the signed-in user; the address counts once the link is used.</summary>
/// <param name="Email">The new address.</param>
/// <param name="Password">The user's password: a stolen access token alone must not take over the account.</param>
[SignedIn]
[NeedsSession]
public sealed record RequestEmailChange(string Email, string Password) : ICommand<Unit>, IGuardsLockout
{
    string? IGuardsLockout.AccountEmail => null;

    string IGuardsLockout.OfferedPassword => Password;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.WrongPassword("/password");

    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(RequestEmailChange);
}

internal sealed class RequestEmailChangeValidator : AbstractValidator<RequestEmailChange>
{
    public RequestEmailChangeValidator()
    {
        RuleFor(r => r.Email).NewEmailAt("/email");
        RuleFor(r => r.Password).NeededAt("/password");
    }
}

internal sealed class RequestEmailChangeHandler(PasswordProof proof, IOneTimeLinks links) : IRequestHandler<RequestEmailChange, Unit>
{
    public async Task<Unit> Handle(RequestEmailChange request, CancellationToken cancellationToken)
    {
        // Whether somebody else has the address is told when the link is used, to the one who reads its mail.
        return await links.RequestEmailChangeAsync(proof.User, request.Email, cancellationToken) ? Unit.Value : throw IdentityErrors.WrongPassword("/password");
    }
}
