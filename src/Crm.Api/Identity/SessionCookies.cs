using System.ComponentModel.DataAnnotations;
using Crm.Application.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Api.Identity;

/// <summary>How browsers keep sessions; section <c>Cookies</c> of the configuration.</summary>
[Section("Cookies")]
internal sealed class SessionCookieOptions
{
    /// <summary>
    /// With which requests a browser sends the cookies: <c>Strict</c>, by default, for pages on the API's own site; <c>None</c> for pages
    /// on another, which
    /// <c>Cors:Origins</c> must name.
    /// </summary>
    [EnumDataType(typeof(SameSiteMode))]
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Strict;
}

/// <summary>
/// The cookies of a session in a browser: the access token and the refresh token, out of reach of scripts. The prefix <c>__Host-</c> binds
/// them to this host and to
/// encrypted connections, or to the same machine (RFC 6265bis, section 4.1.3).
/// </summary>
[Singleton]
internal sealed class SessionCookies(IOptions<SessionCookieOptions> options, IOptions<Application.Identity.SessionOptions> sessions)
{
    /// <summary>The cookie that holds the access token.</summary>
    public const string Access = "__Host-crm_access";

    /// <summary>The cookie that holds the refresh token.</summary>
    public const string Refresh = "__Host-crm_refresh";

    private const string ClearHeader = "Clear-Site-Data";

    // Not the cookies: the one by which a device is known is to stay.
    private const string KeptData = "\"cache\", \"storage\"";

    /// <summary>Finds a cookie.</summary>
    public static string? Find(HttpRequest request, string name) => request.Headers.Cookie.Count > 0 ? request.Cookies[name] : null;

    /// <summary>Whether a request carries one of the two, or both.</summary>
    public static bool AreIn(HttpRequest request) => Find(request, Access) is not null || Find(request, Refresh) is not null;

    /// <summary>Hands tokens over to the browser.</summary>
    public void Set(HttpContext context, SignInResult tokens)
    {
        // The access token's cookie outlives the token, so that an expired one is told from none.
        Append(context, Access, tokens.AccessToken!, sessions.Value.IdleLifetime);
        Append(context, Refresh, tokens.RefreshToken!, sessions.Value.IdleLifetime);
    }

    /// <summary>Has the browser forget the session, and what it kept of answers, if it brought one.</summary>
    public void Clear(HttpContext context)
    {
        foreach (var name in new[] { Access, Refresh })
        {
            if (Find(context.Request, name) is null)
                continue;
            Append(context, name, "", TimeSpan.Zero);
            context.Response.Headers[ClearHeader] = KeptData;
        }
    }

    private void Append(HttpContext context, string name, string value, TimeSpan lifetime) => context.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        Secure = true,
        SameSite = options.Value.SameSite,
        Path = "/",
        MaxAge = lifetime,
    });
}
