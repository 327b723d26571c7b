using Crm.Application.Identity;
using Crm.Domain.Identity;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Identity;

/// <summary>
/// Refuses what a browser may have been made to send by a page of somebody else: a request that changes something, and whose only proof is
/// a cookie, has to carry the session's
/// CSRF token, and a body of a kind that no form can send unless it uploads a file.
/// </summary>
[Singleton]
internal sealed class CsrfGuard(ICsrfTokens tokens)
{
    /// <summary>The header that carries the token.</summary>
    public const string Header = "X-CSRF-Token";

    private static readonly string[] SentByForms = ["text/plain", "application/x-www-form-urlencoded"];

    /// <summary>Whether a request can change something, by its method (RFC 9110, section 9.2.1).</summary>
    public static bool Concerns(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    /// <summary>Refuses a request that does not prove to come from a page of the session.</summary>
    /// <exception cref="Domain.Common.ForbiddenException">It carries no token, that of another session, or a body as a form of any page can
    /// send it.</exception>
    public void Demand(HttpRequest request, Guid sessionId)
    {
        tokens.Demand(sessionId, Token(request));
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && SentByForms.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
            throw IdentityErrors.CsrfContentType();
    }

    /// <summary>The token a request carries.</summary>
    public static string? Token(HttpRequest request) => request.Headers.TryGetValue(Header, out var token) ? token.ToString() : null;
}
