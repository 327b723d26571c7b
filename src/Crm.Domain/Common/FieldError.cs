namespace Crm.Domain.Common;

/// <summary>One fault of a request.</summary>
/// <param name="Pointer">A JSON pointer (RFC 6901) into the body, in the request's own names; <c>null</c> when the fault is in the
/// query.</param>
/// <param name="Parameter">The query parameter at fault; <c>null</c> when the fault is in the body.</param>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">One sentence that says what would be right.</param>
public sealed record FieldError(string? Pointer, string? Parameter, string Code, string Message)
{
    /// <summary>A fault in the body.</summary>
    public static FieldError At(string pointer, string code, string message) => new(pointer, null, code, message);

    /// <summary>A fault in the query string.</summary>
    public static FieldError In(string parameter, string code, string message) => new(null, parameter, code, message);
}
