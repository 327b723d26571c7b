using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Reads query parameters one by one and notes every fault, so that all are told at once.</summary>
public sealed class ParameterReader(Func<string, string?> parameter)
{
    private readonly List<FieldError> _faults = [];

    /// <summary>Reads a UUID.</summary>
    public Guid? Id(string name)
    {
        if (parameter(name) is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        Note(FieldError.In(name, "invalid_type", "Expected a UUID."));
        return null;
    }

    /// <summary>Reads a text, refusing what PostgreSQL cannot store.</summary>
    public string? Text(string name, int longest)
    {
        if (parameter(name) is not { } text)
            return null;
        if (text.Length is 0 || text.Length > longest || text.Contains('\0', StringComparison.Ordinal))
            Note(FieldError.In(name, "invalid_text", FormattableString.Invariant($"Expected a text of 1 to {longest} characters without U+0000.")));
        return text;
    }

    /// <summary>Reads an instant.</summary>
    public DateTime? Instant(string name)
    {
        if (parameter(name) is not { } text)
            return null;
        if (TextValueReader.TryReadInstant(text, out var instant))
            return instant.UtcDateTime;
        Note(FieldError.In(name, "invalid_type", "Expected an RFC 3339 time such as 2026-01-31T09:30:00Z."));
        return null;
    }

    /// <summary>Reads <c>limit</c>: how many items a page holds at most.</summary>
    public int Limit()
    {
        if (RecordQueryReader.Limit(parameter("limit")) is { } limit)
            return limit;
        Note(FieldErrors.Limit(FieldError.In));
        return 0;
    }

    /// <summary>Demands parameters.</summary>
    public void Require(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (parameter(name) is null)
                Note(FieldError.In(name, "required", "This parameter is required."));
        }
    }

    /// <summary>Notes a fault that somebody else found.</summary>
    public void Note(FieldError fault) => _faults.Add(fault);

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public void Check()
    {
        if (_faults.Count > 0)
            throw new InvalidException(_faults);
    }
}
