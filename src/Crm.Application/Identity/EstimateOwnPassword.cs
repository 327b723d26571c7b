using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Tells how good a password would be for the caller, whose name, address and tenants are known, and all of whose tenants' rules are
/// heeded. Nothing is kept.
/// </summary>
/// <param name="Password">The password.</param>
[SignedIn(AtHost = true)]
public sealed record EstimateOwnPassword(string Password) : IQuery<PasswordEstimate>
{
    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(EstimateOwnPassword);
}

internal sealed class EstimateOwnPasswordValidator : RequestValidator<EstimateOwnPassword>
{
    public EstimateOwnPasswordValidator() => Member("/password", r => r.Password).MustBeGiven();
}

internal sealed class EstimateOwnPasswordHandler(ICaller caller, IUserDirectory users, PasswordPolicy policy) : IRequestHandler<EstimateOwnPassword, PasswordEstimate>
{
    public async Task<PasswordEstimate> Handle(EstimateOwnPassword request, CancellationToken cancellationToken)
    {
        var owner = await users.DescribeAsync(caller.UserId, cancellationToken) ?? throw IdentityErrors.MembershipEnded();
        return PasswordEstimate.Of(PasswordStrength.Of(request.Password, policy, owner));
    }
}
