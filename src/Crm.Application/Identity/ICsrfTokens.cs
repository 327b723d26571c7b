namespace Crm.Application.Identity;

/// <summary>
/// The tokens that a page proves itself by when the browser sends the session along unasked (OWASP, signed double submit bound to the
/// session). A token belongs to one
/// session, lasts as long as it, and can be told anew at any time, on every node: it is derived and not stored.
/// </summary>
public interface ICsrfTokens
{
    /// <summary>The token of a session.</summary>
    string Of(Guid sessionId);

    /// <summary>Refuses whoever does not know the token of a session; takes the same time for every text of a length.</summary>
    /// <exception cref="Domain.Common.ForbiddenException"><c>csrf_token_missing</c> or <c>csrf_token_invalid</c>.</exception>
    void Demand(Guid sessionId, string? token);
}
