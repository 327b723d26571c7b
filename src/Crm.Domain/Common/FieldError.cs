namespace Crm.Domain.Common;

/// <summary>One fault of a request.</summary>
/// <param name="Pointer">A JSON pointer (RFC 6901) into the body, in the request's own names; <c>null</c> when the fault is in the query.</param>
/// <param name="Parameter">The query parameter at fault; <c>null</c> when the fault is in the body.</param>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">One sentence that says what would be right.</param>
public sealed record FieldError(string? Pointer, string? Parameter, string Code, string Message)
{
    /// <summary>A fault in the body.</summary>
    /// <param name="pointer">A JSON pointer (RFC 6901), such as <c>/amount/currency</c>; empty for the whole body.</param>
    /// <param name="code">A stable snake_case code.</param>
    /// <param name="message">One sentence that says what would be right.</param>
    /// <returns>The fault.</returns>
    public static FieldError At(string pointer, string code, string message) => new(pointer, null, code, message);

    /// <summary>A fault in the query string.</summary>
    /// <param name="parameter">The name of the parameter as the client wrote it.</param>
    /// <param name="code">A stable snake_case code.</param>
    /// <param name="message">One sentence that says what would be right.</param>
    /// <returns>The fault.</returns>
    public static FieldError In(string parameter, string code, string message) => new(null, parameter, code, message);
}
