using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;
using Microsoft.Extensions.Options;

namespace Crm.Api.Identity;

/// <summary>What signing in and going on have in common over HTTP.</summary>
internal static class TokenAnswers
{
    private const string DeviceCookie = "__Host-crm_device";

    /// <summary>Tells the use case about the device that calls.</summary>
    public static void MakeDeviceKnown(this HttpContext context)
    {
        context.RequestServices.GetRequiredService<ClientDevice>().Set(
            context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress, SessionCookies.Find(context.Request, DeviceCookie));
        context.RequestServices.GetRequiredService<ICallerSetter>().ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
    }

    /// <summary>Gives a device what it will be recognised by, after its user has proved to know the password.</summary>
    public static void RememberDevice(this HttpContext context, string token)
    {
        var services = context.RequestServices;
        context.Response.Cookies.Append(DeviceCookie, token, new CookieOptions
        {
            // The prefix __Host- demands it: only so can no neighbouring host set the cookie in this one's place.
            Path = "/",
            MaxAge = services.GetRequiredService<IOptions<LockoutOptions>>().Value.DeviceLifetime,
            HttpOnly = true,
            Secure = true,
            SameSite = services.GetRequiredService<IOptions<SessionCookieOptions>>().Value.SameSite,
        });
    }

    /// <summary>Answers with tokens, which nobody in between may keep; those that are for a page go into cookies.</summary>
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
