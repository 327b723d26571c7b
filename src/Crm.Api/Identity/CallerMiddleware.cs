using Crm.Application.Authorization;
using Microsoft.AspNetCore.Authorization;

namespace Crm.Api.Identity;

/// <summary>
/// Finds out who makes a request, by the first credential in it, and what the caller may do at present. It refuses nobody itself: why a proof
/// does not hold is kept for the access rules, which answer in one place. The framework's authentication services would look up schemes,
/// handlers and features for every request.
/// </summary>
internal sealed class CallerMiddleware(RequestDelegate next, IEnumerable<ICredential> credentials, SessionCookieCredential cookies)
{
    private readonly ICredential[] _credentials = [.. credentials];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
            return next(context);

        // Where anyone may call, no proof is looked at: a client can sign in with its old one still attached. But a cookie was attached by
        // the browser, not by the page.
        return endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null ? IdentifyAsync(context) : GuardAsync(context);
    }

    // A credential that answers at once, as most do, costs no state machine.
    private Task IdentifyAsync(HttpContext context)
    {
        foreach (var credential in _credentials)
        {
            var proving = credential.ProveAsync(context);
            if (!proving.IsCompletedSuccessfully)
                return WaitAsync(context, proving);
            if (Take(context, proving.Result))
                break;
        }

        return next(context);
    }

    private async Task WaitAsync(HttpContext context, ValueTask<CredentialResult> proving)
    {
        Take(context, await proving);
        await next(context);
    }

    private async Task GuardAsync(HttpContext context)
    {
        if (await cookies.GuardAsync(context) is { } session)
            CallerOf(context).Brings(session);
        await next(context);
    }

    private static bool Take(HttpContext context, CredentialResult result)
    {
        if (!result.IsMatch)
            return false;

        var caller = CallerOf(context);
        caller.ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
        if (result.IsProven)
        {
            caller.Set(result.Identity);
            context.User = result.Principal;
        }
        else
        {
            caller.Refuse(result.Refusal!);
        }

        return true;
    }

    private static ICallerSetter CallerOf(HttpContext context) => context.RequestServices.GetRequiredService<ICallerSetter>();
}
