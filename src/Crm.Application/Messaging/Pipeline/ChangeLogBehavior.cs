using Crm.Application.ChangeLog;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// Saves what a command changed through EF and writes it to the change log in the same transaction. A handler that answers with the
/// record as saved calls <see cref="IChangeLog.SaveAsync"/> itself; then nothing is left to save here.
/// </summary>
internal sealed class ChangeLogBehavior<TRequest, TResponse>(IChangeLog changes) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ITransactional
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var response = await next();
        await changes.SaveAsync(cancellationToken);
        return response;
    }
}
