using MediatR;

namespace Crm.Application.Messaging;

/// <summary>A request that changes something.</summary>
/// <typeparam name="TResult">What the caller gets back.</typeparam>
public interface ICommand<out TResult> : IRequest<TResult>;
