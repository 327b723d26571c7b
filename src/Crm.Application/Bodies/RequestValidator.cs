using Crm.Domain.Common;
using FluentValidation;
using FluentValidation.Results;

namespace Crm.Application.Bodies;

/// <summary>
/// The rules of a typed request, declared member by member. So they can be asked about a whole request, and, beside the faults of a body
/// that cannot be bound, about those of its members that can be read.
/// </summary>
internal abstract class RequestValidator<TRequest> : AbstractValidator<TRequest>
{
    private readonly List<Func<TypedBody, List<ValidationFailure>>> _members = [];

    /// <summary>Finds what the rules hold against the members that were sent and have no fault of form.</summary>
    public IEnumerable<ValidationFailure> ValidateMembers(TypedBody body) => _members.SelectMany(validate => validate(body));

    /// <summary>Begins the rules of a member.</summary>
    /// <param name="pointer">Where the member is in the body, a JSON pointer (RFC 6901).</param>
    /// <param name="read">Reads the member of a whole request.</param>
    protected IRuleBuilderInitial<MemberValue<T>, T> Member<T>(string pointer, Func<TRequest, T> read) =>
        Declare(pointer, request => new MemberValue<T>(read(request)), isOptional: false);

    /// <summary>Begins the rules of a member of an object that may be left out.</summary>
    protected IRuleBuilderInitial<MemberValue<T>, T> Member<TParent, T>(string pointer, Func<TRequest, TParent?> parent, Func<TParent, T> read)
        where TParent : class =>
        Declare(pointer, request => parent(request) is { } given ? new MemberValue<T>(read(given)) : null, isOptional: false);

    /// <summary>Begins the rules of a text that may be left out; they are asked only where it was given.</summary>
    protected IRuleBuilderInitial<MemberValue<string>, string> Optional(string pointer, Func<TRequest, string?> read) =>
        Declare(pointer, request => read(request) is { } given ? new MemberValue<string>(given) : null, isOptional: true);

    private IRuleBuilderInitial<MemberValue<T>, T> Declare<T>(string pointer, Func<TRequest, MemberValue<T>?> find, bool isOptional)
    {
        var rules = new InlineValidator<MemberValue<T>> { RuleLevelCascadeMode = CascadeMode.Stop };
        RuleFor(request => request).Custom((request, context) =>
        {
            if (find(request) is { } value)
                rules.Validate(value).Errors.ForEach(context.AddFailure);
        });
        _members.Add(body => body.TryRead<T>(pointer, out var value) && !(isOptional && value is null)
            ? rules.Validate(new MemberValue<T>(value!)).Errors
            : []);
        return rules.RuleFor(member => member.Value).Configure(rule => rule.PropertyName = pointer);
    }
}

/// <summary>The value of one member.</summary>
internal sealed record MemberValue<T>(T Value);

internal static class ValidationFaults
{
    /// <summary>Reports faults that a rule has found at places within its member.</summary>
    public static void AddTo<T>(this IEnumerable<FieldError> faults, ValidationContext<T> context)
    {
        foreach (var fault in faults)
            context.AddFailure(new ValidationFailure(fault.Pointer, fault.Message) { ErrorCode = fault.Code });
    }

    /// <summary>A failure as clients see it; the property is the JSON pointer.</summary>
    public static FieldError ToFault(this ValidationFailure failure) =>
        FieldError.At(failure.PropertyName, failure.ErrorCode, failure.ErrorMessage);
}
