using MediatR;

namespace Crm.Application.Messaging;

/// <summary>A request that only reads.</summary>
/// <typeparam name="TResult">What the caller gets back.</typeparam>
public interface IQuery<out TResult> : IRequest<TResult>;
