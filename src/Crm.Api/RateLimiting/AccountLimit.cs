using Crm.Api.Http;
using Crm.Application.RateLimiting;

namespace Crm.Api.RateLimiting;

/// <summary>Limits how often an account may be tried from an address.</summary>
internal static class AccountLimit
{
    /// <summary>
    /// Takes a place for an attempt; what the address may do over all has been looked at before, and is used up by attempts that are
    /// refused here too.
    /// </summary>
    /// <exception cref="BadHttpRequestException">429: there is none.</exception>
    public static async Task DemandPlaceAsync(this HttpContext context, IRateLimitedByAccount request)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<RateLimitRules>().Of(LimitKind.Login) is not { } rule)
            return;

        var check = new LimitCheck();
        check.Add(rule, Guid.Empty, LimitSubjects.OfAccount(LimitSubjects.OfAddress(context.Connection.RemoteIpAddress), request.RateLimitedAccount));
        if (await context.Features.Get<LimitAnswer>()!.TakeAsync(services.GetRequiredService<IRateLimiter>(), check))
            return;
        context.TellRefused(context.GetEndpoint()!.Metadata.GetMetadata<Operation>()!, check);
        throw new BadHttpRequestException("Too many attempts; see the Retry-After header.", StatusCodes.Status429TooManyRequests);
    }
}
