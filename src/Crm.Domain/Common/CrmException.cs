namespace Crm.Domain.Common;

/// <summary>
/// The root of every failure the system explains to its caller. The hierarchy is small and sealed; a feature's catalogue
/// (<c>ContactErrors</c>) creates the instances, and one mapper in the API turns them into problem details.
/// </summary>
public abstract class CrmException(string code, string message) : Exception(message)
{
    /// <summary>A stable snake_case code, documented, never translated.</summary>
    public string Code { get; } = code;
}

/// <summary>The request is not valid; carries every fault found in it.</summary>
public sealed class InvalidException(IReadOnlyList<FieldError> errors) : CrmException("validation_failed", "The request is not valid; see errors.")
{
    /// <summary>Every fault of the request, in the order in which they stand in it.</summary>
    public IReadOnlyList<FieldError> Errors { get; } = errors;
}

/// <summary>There is no such record: it never was, is in the trash, or belongs to someone else. The three are not told apart.</summary>
public sealed class NotFoundException(string what) : CrmException("not_found", $"There is no such {what}.");

/// <summary>The request is valid but contradicts the state of the data.</summary>
public sealed class ConflictException(string code, string message, IReadOnlyDictionary<string, object?>? details = null) : CrmException(code, message)
{
    /// <summary>Further members of the answer; empty when there are none.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; } = details ?? new Dictionary<string, object?>();
}

/// <summary>The caller changed a version of the record that is no longer the current one.</summary>
public sealed class StaleVersionException(object? current) : CrmException("stale_version", "The record has changed since the version given; read it again.")
{
    /// <summary>The record as it stands now, in the shape the API serves.</summary>
    public object? Current { get; } = current;
}

/// <summary>The change does not say which version it is meant for, and the tenant demands that it does.</summary>
public sealed class VersionRequiredException() : CrmException("version_required", "Changes must name the version they are meant for: send If-Match with the ETag that was read.");

/// <summary>The caller is known but may not do this.</summary>
public sealed class ForbiddenException(string code, string message) : CrmException(code, message);

/// <summary>The system cannot do this at the moment; trying again later, or asking for less, may help.</summary>
public sealed class UnavailableException(string code, string message, bool passes = false) : CrmException(code, message)
{
    /// <summary>Whether it is likely to pass by itself within seconds, so that the same request is worth another try.</summary>
    public bool Passes { get; } = passes;
}

/// <summary>The caller has tried one account too often, and has to wait.</summary>
public sealed class RateLimitedException() : CrmException("rate_limited", "Too many attempts; see the Retry-After header.");

/// <summary>The caller is not known, or its proof of identity does not hold.</summary>
public sealed class UnauthenticatedException(string code, string message) : CrmException(code, message);

/// <summary>The system cannot run, or cannot carry out what its operator asked, until the operator puts something right.</summary>
public sealed class CannotRunException(string code, string message) : CrmException(code, message);
