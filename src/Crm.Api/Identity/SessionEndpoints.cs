using Crm.Api.Http;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Api.Identity;

/// <summary>What comes after signing in: going on, signing out, and a user's sessions.</summary>
internal sealed class SessionEndpoints : IEndpointGroup
{
    private const string Collection = "/api/v1/me/sessions";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("POST", "/api/v1/auth/refresh", new Operation(typeof(RefreshSession), "Get a new access token for a refresh token, which is used up.")
        {
            Body = typeof(RefreshSession),
            Answer = typeof(SignInResult),
        }, RefreshAsync);
        app.MapOperation("POST", "/api/v1/auth/refresh-cookie", new Operation(typeof(RefreshCookieSession), "Prolong a session that a browser keeps in cookies.")
        {
            Answer = typeof(SignInResult),
        }, RefreshCookieAsync);
        app.MapOperation("GET", "/api/v1/auth/csrf-token", new Operation(typeof(GetCsrfToken), "Tell the CSRF token of the session; to a page by its refresh cookie too.")
        {
            Answer = typeof(CsrfToken),
        }, GetCsrfTokenAsync).WithMetadata(TakesRefreshCookie.Mark);
        app.MapOperation("POST", "/api/v1/auth/sign-out", Empty(typeof(SignOut), "Sign out: end the session of the access token; for a page, of its refresh cookie too."),
            context => SignOutAsync(context, new SignOut())).WithMetadata(TakesRefreshCookie.Mark);
        app.MapOperation("POST", "/api/v1/auth/sign-out-everywhere", Empty(typeof(SignOutEverywhere), "Sign out of all sessions, on every device."),
            context => SignOutAsync(context, new SignOutEverywhere()));
        app.MapOperation("GET", Collection, new Operation(typeof(ListSessions), "List one's own sessions, those used last first; at most 200.")
        {
            Answer = typeof(SessionList),
        }, ListAsync);
        app.MapOperation("DELETE", Collection + "/{id}", Empty(typeof(RevokeSession), "End one of one's own sessions."),
            context => EndAsync(context, new RevokeSession(context.ReadId(IdentityErrors.SessionNotFound))));
    }

    private static Operation Empty(Type request, string summary) => new(request, summary) { SuccessStatus = StatusCodes.Status204NoContent };

    private static async Task RefreshAsync(HttpContext context) =>
        await context.WriteTokensAsync(await context.SendAttemptAsync(await context.ReadJsonAsync(IdentityJson.Default.RefreshSession)));

    private static async Task RefreshCookieAsync(HttpContext context)
    {
        context.MakeDeviceKnown();
        var token = SessionCookies.Find(context.Request, SessionCookies.Refresh) ?? throw IdentityErrors.InvalidRefreshToken();
        await context.WriteTokensAsync(await context.SendAttemptAsync(new RefreshCookieSession(token, CsrfGuard.Token(context.Request))));
    }

    private static async Task GetCsrfTokenAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        await context.WriteJsonAsync(StatusCodes.Status200OK, await context.SendAsync(new GetCsrfToken()), IdentityJson.Default.CsrfToken);
    }

    private static async Task SignOutAsync(HttpContext context, IRequest<Unit> request)
    {
        await EndAsync(context, request);
        context.RequestServices.GetRequiredService<SessionCookies>().Clear(context);
    }

    private static async Task ListAsync(HttpContext context) =>
        await context.WriteJsonAsync(StatusCodes.Status200OK, await context.SendAsync(new ListSessions()), IdentityJson.Default.SessionList);

    private static async Task EndAsync(HttpContext context, IRequest<Unit> request)
    {
        await context.SendAsync(request);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
