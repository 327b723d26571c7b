using Crm.Application.Messaging;
using MediatR;

namespace Crm.Application.ChangeLog;

/// <summary>Wakes those in this process who read the change log.</summary>
public interface ILogSignal
{
    /// <summary>Says that something may have been committed. Many calls at once wake a reader once.</summary>
    void Call();
}

/// <summary>Wakes the readers of the log after a command, whose transaction is committed by then. No write waits for a reader.</summary>
internal sealed class LogSignalBehavior<TRequest, TResponse>(ILogSignal signal) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : ICommand<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var response = await next();
        signal.Call();
        return response;
    }
}
