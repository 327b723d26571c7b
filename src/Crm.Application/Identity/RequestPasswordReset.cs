using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.RateLimiting;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>
/// Has a link mailed by which a forgotten password can be replaced. The answer is the same whether anyone has the address or not.
/// </summary>
/// <param name="Email">The e-mail address, in any case.</param>
[Public]
public sealed record RequestPasswordReset(string Email) : IAttempt<Unit>
{
    string? IAttempt.Account => Email;

    LimitCheck IAttempt.Limit { get; } = new();
}

internal sealed class RequestPasswordResetValidator : RequestValidator<RequestPasswordReset>
{
    public RequestPasswordResetValidator() => Member("/email", r => r.Email).MustBeEmail();
}

internal sealed class RequestPasswordResetHandler(IOneTimeLinks links) : IRequestHandler<RequestPasswordReset, Unit>
{
    public async Task<Unit> Handle(RequestPasswordReset request, CancellationToken cancellationToken)
    {
        await links.RequestPasswordResetAsync(request.Email, cancellationToken);
        return Unit.Value;
    }
}
