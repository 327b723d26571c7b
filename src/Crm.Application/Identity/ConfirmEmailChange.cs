using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.RateLimiting;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Makes a new e-mail address count, by the link that was mailed to it.</summary>
/// <param name="Token">The secret of the link.</param>
[Public]
public sealed record ConfirmEmailChange(string Token) : IAttempt<Unit>
{
    string? IAttempt.Account => Token;

    LimitCheck IAttempt.Limit { get; } = new();

    /// <summary>The name alone: the secret must not end up in a log.</summary>
    public override string ToString() => nameof(ConfirmEmailChange);
}

internal sealed class ConfirmEmailChangeValidator : RequestValidator<ConfirmEmailChange>
{
    public ConfirmEmailChangeValidator() => Member("/token", r => r.Token).MustBeGiven();
}

internal sealed class ConfirmEmailChangeHandler(IOneTimeLinks links, IUserDirectory users, ISecurityLog log) : IRequestHandler<ConfirmEmailChange, Unit>
{
    public async Task<Unit> Handle(ConfirmEmailChange request, CancellationToken cancellationToken)
    {
        var link = await links.FindAsync(LinkPurposes.EmailChange, request.Token, cancellationToken);
        if (link?.UserId is not { } userId || !await links.TryUseAsync(link.Id, cancellationToken))
            throw IdentityErrors.InvalidLink();
        var before = (await users.FindAsync(userId, CancellationToken.None))!.Email;
        if (!await users.SetEmailAsync(userId, link.Email, CancellationToken.None))
            throw IdentityErrors.EmailTaken();
        await log.AppendAsync(SecurityActions.EmailChanged, $"user:{userId}", new Dictionary<string, string> { ["email"] = link.Email, ["before"] = before }, CancellationToken.None);
        return Unit.Value;
    }
}
