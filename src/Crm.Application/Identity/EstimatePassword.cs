using Crm.Application.Authorization;
using Crm.Application.Bodies;
using Crm.Application.Messaging;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;

namespace Crm.Application.Identity;

/// <summary>Tells how good a password would be, before it is set. Nothing is kept.</summary>
/// <param name="Password">The password.</param>
/// <param name="Name">The name of the one it is for.</param>
/// <param name="Email">The e-mail address of the one it is for.</param>
[Public]
public sealed record EstimatePassword(string Password, string? Name = null, string? Email = null) : IQuery<PasswordEstimate>
{
    /// <summary>The name alone: the password must not end up in a log.</summary>
    public override string ToString() => nameof(EstimatePassword);
}

/// <summary>How good a password would be.</summary>
/// <param name="Score">0 (guessed at once) to 4 (beyond reach).</param>
/// <param name="Acceptable">Whether the policy takes it.</param>
/// <param name="Reasons">Why it is refused, if it is, and what makes it weak; never empty below a score of 4.</param>
public sealed record PasswordEstimate(int Score, bool Acceptable, IReadOnlyList<PasswordReason> Reasons)
{
    internal static PasswordEstimate Of(PasswordStrength strength) =>
        new(strength.Score, strength.Faults.Count == 0, [.. strength.Faults.Concat(strength.Weaknesses).Select(f => new PasswordReason(f.Code, f.Message))]);
}

/// <summary>One thing that is wrong with a password, or makes it weak.</summary>
/// <param name="Code">A stable snake_case code; for a fault the same that a refusal carries.</param>
/// <param name="Message">One sentence that says what would be right.</param>
public sealed record PasswordReason(string Code, string Message);

internal sealed class EstimatePasswordValidator : RequestValidator<EstimatePassword>
{
    private const int Longest = 1024;

    public EstimatePasswordValidator()
    {
        Member("/password", r => r.Password).MustBeGiven();
        Member("/name", r => r.Name).MaximumLength(Longest).WithErrorCode("too_long").WithMessage($"At most {Longest} characters.");
        Member("/email", r => r.Email).MaximumLength(Longest).WithErrorCode("too_long").WithMessage($"At most {Longest} characters.");
    }
}

internal sealed class EstimatePasswordHandler(PasswordPolicy policy) : IRequestHandler<EstimatePassword, PasswordEstimate>
{
    public Task<PasswordEstimate> Handle(EstimatePassword request, CancellationToken cancellationToken)
    {
        var strength = PasswordStrength.Of(request.Password, policy, new PasswordOwner(null, request.Name ?? "", request.Email ?? "", []));
        return Task.FromResult(PasswordEstimate.Of(strength));
    }
}
