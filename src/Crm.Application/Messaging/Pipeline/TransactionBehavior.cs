using Crm.Application.Persistence;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Runs a command in one transaction; within another command's transaction it joins that one.</summary>
internal sealed class TransactionBehavior<TRequest, TResponse>(ITenantSession session) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ITransactional
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        session.InTransactionAsync(_ => next(), cancellationToken);
}
