using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Tells the CSRF token of the present session, for a page that was loaded anew and has forgotten it.</summary>
[SignedIn(AtHost = true)]
public sealed record GetCsrfToken : IQuery<CsrfToken>;

/// <summary>What a page sends as <c>X-CSRF-Token</c> with everything it changes.</summary>
/// <param name="Value">The token, good for as long as the session.</param>
public sealed record CsrfToken(string Value)
{
    /// <summary>The name alone: the token must not end up in a log.</summary>
    public override string ToString() => nameof(CsrfToken);
}

internal sealed class GetCsrfTokenHandler(ICaller caller, ICsrfTokens tokens) : IRequestHandler<GetCsrfToken, CsrfToken>
{
    public Task<CsrfToken> Handle(GetCsrfToken request, CancellationToken cancellationToken) =>
        Task.FromResult(new CsrfToken(tokens.Of(caller.SessionId ?? throw IdentityErrors.Unauthenticated())));
}
