using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Refuses a password that the policy does not allow, or that is one of the user's last.</summary>
internal sealed class PasswordPolicyBehavior<TRequest, TResponse>(RequestRules<TRequest> rules, NewPasswordRules<TRequest> passwords)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, ISetsPassword
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        // The lockout has asked the rules before it took the present password as proof.
        if (request is not IGuardsLockout)
            await rules.DemandAsync(request, cancellationToken);
        var faults = await passwords.FindAllFaultsAsync(request, cancellationToken);
        return faults.Count == 0 ? await next() : throw new InvalidException(faults);
    }
}

/// <summary>What the policy holds against the password that a request sets.</summary>
internal sealed class NewPasswordRules<TRequest>(
    IPasswordOwnerOf<TRequest> owners, IUserDirectory users, IPasswords passwords, PasswordPolicy policy) : IFurtherRules<TRequest>
    where TRequest : ISetsPassword
{
    private static readonly PasswordOwner Anyone = new(null, "", "", []);

    /// <summary>Finds all faults of the password of a request that is right in every other way.</summary>
    public async Task<IReadOnlyList<FieldError>> FindAllFaultsAsync(TRequest request, CancellationToken cancellationToken)
    {
        if (request.NewPassword is not { } password)
            return [];
        var owner = await owners.FindAsync(request, cancellationToken);
        var faults = Check(password, owner);

        // Costly by intent, so only for a password that could be taken; and only for one who has brought the proof that was asked for,
        // since the answer reveals something of the passwords there were.
        if (faults.Count == 0 && owner.UserId is { } userId && await WasUsedAsync(userId, password, cancellationToken))
        {
            var message = $"The password must differ from your last {PasswordPolicy.Remembered} passwords.";
            faults.Add(FieldError.At(TRequest.PasswordPointer, "password_reused", message));
        }

        return faults;
    }

    public async Task<IReadOnlyList<FieldError>> FindFaultsAsync(TRequest request, CancellationToken cancellationToken) =>
        request.NewPassword is { } password ? Check(password, await owners.FindAsync(request, cancellationToken)) : [];

    // Whose password it is to be takes more than a body to know.
    public IReadOnlyList<FieldError> FindFaults(TypedBody body) =>
        body.TryRead<string>(TRequest.PasswordPointer, out var password) && password is not null ? Check(password, Anyone) : [];

    private List<FieldError> Check(string password, PasswordOwner owner) =>
        [.. PasswordRules.Check(password, policy, owner).Select(fault => FieldError.At(TRequest.PasswordPointer, fault.Code, fault.Message))];

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
