using Crm.Application.Identity;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// Refuses a password that the policy does not allow or that is one of the user's last. Goes before the validation and tells the
/// validators' faults together with its own, so that a client learns all at once.
/// </summary>
internal sealed class PasswordPolicyBehavior<TRequest, TResponse>(
    RequestValidation<TRequest> validation, IPasswordOwnerOf<TRequest> owners, IUserDirectory users, IPasswords passwords, PasswordPolicy policy)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ISetsPassword
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (request.NewPassword is not { } password)
            return await next();

        var invalid = await validation.FindFaultsAsync(request, cancellationToken);
        var faults = await FindFaultsAsync(request, password, isWellFormed: invalid.Count == 0, cancellationToken);
        return faults.Count == 0 ? await next() : throw new InvalidException([.. invalid, .. faults]);
    }

    private async Task<List<FieldError>> FindFaultsAsync(TRequest request, string password, bool isWellFormed, CancellationToken cancellationToken)
    {
        var owner = await owners.FindAsync(request, cancellationToken);
        var faults = PasswordRules.Check(password, policy, owner).Select(f => FieldError.At(request.PasswordPointer, f.Code, f.Message)).ToList();

        // Costly by intent, so only for a password that could be taken; and only for one who has brought the proof that was asked for,
        // since the answer tells
        // something of the passwords there were.
        if (isWellFormed && faults.Count == 0 && owner.UserId is { } userId && await WasUsedAsync(userId, password, cancellationToken))
            faults.Add(FieldError.At(request.PasswordPointer, "password_reused", $"A password is not one of the last {PasswordPolicy.Remembered}."));
        return faults;
    }

    private async Task<bool> WasUsedAsync(Guid userId, string password, CancellationToken cancellationToken)
    {
        foreach (var hash in await users.ListPasswordHashesAsync(userId, cancellationToken))
        {
            if (await passwords.CheckAsync(hash, password, cancellationToken) != PasswordCheck.Wrong)
                return true;
        }

        return false;
    }
}
