using Crm.Application.Persistence;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>Runs a command in one transaction; within another command's transaction it joins that one.</summary>
internal sealed class TransactionBehavior<TRequest, TResponse>(ITenantSession session) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ITransactional
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (session.InTransaction)
            return await next();

        TResponse response;
        await session.BeginAsync(cancellationToken);
        try
        {
            response = await next();
            await session.CommitAsync(cancellationToken);
        }
        finally
        {
            await session.RollbackAsync();
        }

        return response;
    }
}
