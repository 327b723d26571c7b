using Crm.Api.RateLimiting;
using Crm.Application.RateLimiting;
using MediatR;

namespace Crm.Api.Http;

/// <summary>Hands a request over to its use case.</summary>
internal static class RequestSending
{
    /// <summary>Sends a request; it ends when the client hangs up.</summary>
    /// <typeparam name="TResponse">What it is answered with.</typeparam>
    public static Task<TResponse> SendAsync<TResponse>(this HttpContext context, IRequest<TResponse> request) =>
        request is IRateLimitedByAccount limited ? SendLimitedAsync(context, request, limited) : SendAtOnceAsync(context, request);

    /// <summary>Sends a request about the version that <c>If-Match</c> names.</summary>
    /// <typeparam name="TResponse">What it is answered with.</typeparam>
    public static Task<TResponse> SendAtVersionAsync<TResponse>(this HttpContext context, Func<int?, IRequest<TResponse>> request) =>
        context.AtExpectedVersionAsync(version => context.SendAsync(request(version)));

    // Which account it is about stands in the body, so it is known only now.
    private static async Task<TResponse> SendLimitedAsync<TResponse>(HttpContext context, IRequest<TResponse> request, IRateLimitedByAccount limited)
    {
        await context.DemandPlaceAsync(limited);
        return await SendAtOnceAsync(context, request);
    }

    private static Task<TResponse> SendAtOnceAsync<TResponse>(HttpContext context, IRequest<TResponse> request) =>
        context.RequestServices.GetRequiredService<IMediator>().Send(request, context.RequestAborted);
}
