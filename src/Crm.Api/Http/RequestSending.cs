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
        context.RequestServices.GetRequiredService<IMediator>().Send(request, context.RequestAborted);

    /// <summary>Sends an attempt; whatever comes of it, the answer says how the account's limit is used.</summary>
    /// <typeparam name="TResponse">What it is answered with.</typeparam>
    public static Task<TResponse> SendAttemptAsync<TResponse>(this HttpContext context, IAttempt<TResponse> attempt)
    {
        LimitHeaders.Report(context, attempt.Limit);
        return context.SendAsync(attempt);
    }

    /// <summary>Sends a request about the version that <c>If-Match</c> names.</summary>
    /// <typeparam name="TResponse">What it is answered with.</typeparam>
    public static Task<TResponse> SendAtVersionAsync<TResponse>(this HttpContext context, Func<int?, IRequest<TResponse>> request) =>
        context.AtExpectedVersionAsync(version => context.SendAsync(request(version)));
}
