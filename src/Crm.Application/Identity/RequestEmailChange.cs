using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Application.RateLimiting;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Has a link mailed to a new e-mail address of the signed-in user; the address counts once the link is used.</summary>
/// <param name="Email">The new address.</param>
/// <param name="Password">The user's password: a stolen access token alone must not take over the account.</param>
[SignedIn]
[NeedsSession]
public sealed record RequestEmailChange(string Email, string Password) : IAttempt<Unit>, IGuardsLockout
{
    internal User? ProvenUser { get; private set; }

    string? IAttempt.Account => null;

    LimitCheck IAttempt.Limit { get; } = new();

    string IGuardsLockout.OfferedPassword => Password;

    CrmException IGuardsLockout.Refusal() => IdentityErrors.WrongPassword("/password");

    void IGuardsLockout.Prove(User user) => ProvenUser = user;

    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(RequestEmailChange);
}

internal sealed class RequestEmailChangeValidator : RequestValidator<RequestEmailChange>
{
    public RequestEmailChangeValidator()
    {
        Member("/email", r => r.Email).MustBeMailable();
        Member("/password", r => r.Password).MustBeGiven();
    }
}

internal sealed class RequestEmailChangeHandler(IOneTimeLinks links) : IRequestHandler<RequestEmailChange, Unit>
{
    // Whether somebody else has the address is reported when the link is used, to the one who reads its mail.
    public async Task<Unit> Handle(RequestEmailChange request, CancellationToken cancellationToken) =>
        await links.RequestEmailChangeAsync(request.ProvenUser!, request.Email, cancellationToken)
            ? Unit.Value
            : throw IdentityErrors.WrongPassword("/password");
}
