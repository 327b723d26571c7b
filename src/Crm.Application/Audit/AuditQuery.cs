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
    /// <exception cref="InvalidException">Parameters are malformed; all are told.</exception>
    public static AuditQuery Read(Func<string, string?> parameter)
    {
        var reader = new ParameterReader(parameter);
        var query = new AuditQuery
        {
            Actor = reader.Id("actor"),
            Actions = Actions(),
            RecordType = Text("recordType"),
            RecordId = reader.Id("recordId"),
            From = reader.Instant("from"),
            To = reader.Instant("to"),
            Address = AddressOf(),
            CorrelationId = Text("correlationId"),
            Origin = Text("origin"),
            Limit = reader.Limit(),
            Cursor = parameter("cursor"),
        };
        reader.Check();
        return query;

        string? Text(string name) => reader.Text(name, LongestText);

        string[] Actions()
        {
            var actions = Text("action")?.Split(',') ?? [];
            if (actions.Length > MostActions)
                reader.Note(FieldError.In("action", "too_many", FormattableString.Invariant($"At most {MostActions} items.")));
            return actions;
        }

        IPAddress? AddressOf()
        {
            if (parameter("address") is not { } text)
                return null;
            if (IPAddress.TryParse(text, out var address) && address.ToString().Equals(text, StringComparison.OrdinalIgnoreCase) && !text.Contains('%', StringComparison.Ordinal))
                return address;
            reader.Note(FieldError.In("address", "invalid_type", "Expected an IP address such as 192.0.2.1."));
            return null;
        }
    }
}
