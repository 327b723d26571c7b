using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Identity;

namespace Crm.Api.Identity;

/// <summary>What signing in and going on have in common over HTTP.</summary>
internal static class TokenAnswers
{
    /// <summary>Tells the use case about the device that calls.</summary>
    /// <param name="context">The request.</param>
    public static void MakeDeviceKnown(this HttpContext context)
    {
        context.RequestServices.GetRequiredService<ClientDevice>().Set(context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress);
        context.RequestServices.GetRequiredService<ICallerSetter>().ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
    }

    /// <summary>Answers with tokens, which nobody in between may keep; those that are for a page go into cookies.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>A task that ends when the answer is on its way.</returns>
    public static Task WriteTokensAsync(this HttpContext context, SignInResult tokens)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (tokens.CsrfToken is not null)
        {
            context.RequestServices.GetRequiredService<SessionCookies>().Set(context, tokens);
            tokens = tokens with { AccessToken = null, RefreshToken = null };
        }

        return context.WriteJsonAsync(StatusCodes.Status200OK, tokens, IdentityJson.Default.SignInResult);
    }
}
