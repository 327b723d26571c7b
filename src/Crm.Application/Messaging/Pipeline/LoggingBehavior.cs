using System.Diagnostics;
using Crm.Domain.Common;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Names the request for all that happens within, measures it, and logs what came of it; never its content.</summary>
internal sealed partial class LoggingBehavior<TRequest, TResponse>(RequestOrigin origin, ILogger<LoggingBehavior<TRequest, TResponse>> logger)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private static readonly string Name = typeof(TRequest).Name;

    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var before = origin.Enter(Name);
        var started = Stopwatch.GetTimestamp();
        var outcome = "ok";
        try
        {
            return await next();
        }
        catch (CrmException refusal)
        {
            outcome = refusal.Code;
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = "cancelled";
            throw;
        }
        catch
        {
            outcome = "failed";
            throw;
        }
        finally
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            RequestMetrics.Record(Name, outcome, elapsed);
            if (outcome == "failed")
                Failed(logger, Name, elapsed.TotalMilliseconds);
            else
                Handled(logger, Name, outcome, elapsed.TotalMilliseconds);
            origin.Leave(before);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Request} ended with {Outcome} after {Milliseconds:F1} ms")]
    private static partial void Handled(ILogger logger, string request, string outcome, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "{Request} failed after {Milliseconds:F1} ms")]
    private static partial void Failed(ILogger logger, string request, double milliseconds);
}
