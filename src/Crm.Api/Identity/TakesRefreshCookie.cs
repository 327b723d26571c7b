namespace Crm.Api.Identity;

/// <summary>
/// Marks an operation that a page may call by the refresh token in its cookie when the access token has expired. The token is not used up.
/// It is for what is
/// a matter of the session alone: no tenant is opened.
/// </summary>
internal sealed class TakesRefreshCookie
{
    /// <summary>The mark.</summary>
    public static readonly TakesRefreshCookie Mark = new();

    private TakesRefreshCookie()
    {
    }
}
