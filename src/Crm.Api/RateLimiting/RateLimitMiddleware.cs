using Crm.Api.Audit;
using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>
/// Refuses requests that are too many. It comes after the caller is known, since users and API keys are counted, not the addresses they
/// share, and before anything that costs more. What is the same for everybody (health, public keys, reference) is no operation and not
/// counted.
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, IRateLimiter limiter, RateLimitRules rules, ITenantCeilings ceilings)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation && !await PassesAsync(context, operation))
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        else
            await next(context);
    }

    private async ValueTask<bool> PassesAsync(HttpContext context, Operation operation)
    {
        var check = await CheckAsync(context, operation.RateLimit);
        if (check.Uses.IsEmpty)
            return true;

        LimitHeaders.Report(context, check);
        if (await limiter.TakeAsync(check, context.RequestAborted))
            return true;

        LimitMetrics.CountRefused(check);
        if (operation.RateLimit == RateLimitClass.Login)
            context.CountAttempt(operation);
        return false;
    }

    private async ValueTask<LimitCheck> CheckAsync(HttpContext context, RateLimitClass operation)
    {
        var check = new LimitCheck();
        if (rules.Of(LimitKind.Address) is { } byAddress)
            check.Add(byAddress, Guid.Empty, AddressOf(context));

        // A caller who is not signed in where one must be is refused later, but not as often as it likes.
        if (operation is RateLimitClass.Public or RateLimitClass.Login
            || context.RequestServices.GetRequiredService<ICaller>().ActorId is not { } actor)
        {
            check.Add(rules.Of(LimitKind.Public), Guid.Empty, AddressOf(context));
            return check;
        }

        var tenant = Guid.TryParse(context.User.FindFirst(TokenClaims.Tenant)?.Value, out var id) ? id : Guid.Empty;
        rules.AddUser(check, operation, tenant, actor);
        if (tenant != Guid.Empty)
            check.Add(await ceilings.OfAsync(tenant, context.RequestAborted), tenant, tenant);
        return check;
    }

    private static Guid AddressOf(HttpContext context) => LimitSubjects.OfAddress(context.Connection.RemoteIpAddress);
}
