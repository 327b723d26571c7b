using System.Globalization;
using System.Net;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Audit;

/// <summary>A question to the log; all that is given must hold. The newest entries come first.</summary>
public sealed record AuditQuery
{
    /// <summary>The most actions that can be asked for at once.</summary>
    public const int MostActions = 20;

    /// <summary>The longest text that can be asked for.</summary>
    public const int LongestText = 200;

    /// <summary>The names of the parameters by which a question is asked over HTTP.</summary>
    public static IReadOnlyList<string> Parameters { get; } =
        ["actor", "action", "recordType", "recordId", "from", "to", "address", "correlationId", "origin", "limit", "cursor"];

    /// <summary>The user or key that acted.</summary>
    public Guid? Actor { get; init; }

    /// <summary>The actions, one of which it must be; none for any.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>The type of what it happened to.</summary>
    public string? RecordType { get; init; }

    /// <summary>What it happened to.</summary>
    public Guid? RecordId { get; init; }

    /// <summary>The first instant, itself included.</summary>
    public DateTime? From { get; init; }

    /// <summary>The last instant, itself not included.</summary>
    public DateTime? To { get; init; }

    /// <summary>The address it came from.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The trace or job.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The name of the request.</summary>
    public string? Origin { get; init; }

    /// <summary>How many entries at most, 1–200.</summary>
    public int Limit { get; init; } = RecordLimits.Page;

    /// <summary>The <c>nextCursor</c> of the page before; <c>null</c> for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>What a cursor is bound to: everything but the limit and the cursor itself.</summary>
    public string Binding => string.Join('\n', Actor, string.Join(',', Actions), RecordType, RecordId, From?.Ticks.ToString(CultureInfo.InvariantCulture),
        To?.Ticks.ToString(CultureInfo.InvariantCulture), Address, CorrelationId, Origin);

    /// <summary>Reads a question from query parameters.</summary>
    /// <param name="parameter">Tells a parameter's text; <c>null</c> when it is not there.</param>
    /// <returns>The question.</returns>
    /// <exception cref="InvalidException">Parameters are malformed; all are told.</exception>
    public static AuditQuery Read(Func<string, string?> parameter)
    {
        var errors = new List<FieldError>();
        var query = new AuditQuery
        {
            Actor = Id("actor"),
            Actions = Actions(),
            RecordType = Text("recordType"),
            RecordId = Id("recordId"),
            From = Instant("from"),
            To = Instant("to"),
            Address = AddressOf(),
            CorrelationId = Text("correlationId"),
            Origin = Text("origin"),
            Limit = RecordQueryReader.Limit(parameter("limit")) ?? 0,
            Cursor = parameter("cursor"),
        };
        if (query.Limit == 0)
            errors.Add(FieldErrors.Limit(FieldError.In));
        return errors.Count == 0 ? query : throw new InvalidException(errors);

        Guid? Id(string name)
        {
            if (parameter(name) is not { } text)
                return null;
            if (Guid.TryParseExact(text, "D", out var id))
                return id;
            errors.Add(FieldErrors.Id(name));
            return null;
        }

        string? Text(string name)
        {
            if (parameter(name) is not { } text)
                return null;
            if (text.Length is 0 or > LongestText || text.Contains('\0', StringComparison.Ordinal))
                errors.Add(FieldError.In(name, "invalid_text", FormattableString.Invariant($"Expected a text of 1 to {LongestText} characters without U+0000.")));
            return text;
        }

        string[] Actions()
        {
            var actions = Text("action")?.Split(',') ?? [];
            if (actions.Length > MostActions)
                errors.Add(FieldError.In("action", "too_many", FormattableString.Invariant($"At most {MostActions} items.")));
            return actions;
        }

        DateTime? Instant(string name)
        {
            if (parameter(name) is not { } text)
                return null;
            if (TextValueReader.TryReadInstant(text, out var instant))
                return instant.UtcDateTime;
            errors.Add(FieldError.In(name, "invalid_type", "Expected an RFC 3339 time such as 2026-01-31T09:30:00Z."));
            return null;
        }

        IPAddress? AddressOf()
        {
            if (parameter("address") is not { } text)
                return null;
            if (IPAddress.TryParse(text, out var address) && address.ToString().Equals(text, StringComparison.OrdinalIgnoreCase) && !text.Contains('%', StringComparison.Ordinal))
                return address;
            errors.Add(FieldError.In("address", "invalid_type", "Expected an IP address such as 192.0.2.1."));
            return null;
        }
    }
}
