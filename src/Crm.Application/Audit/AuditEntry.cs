using System.Text.Json;
using Crm.Application.Records;

namespace Crm.Application.Audit;

/// <summary>A page of the log, newest first.</summary>
/// <param name="Data">The entries.</param>
/// <param name="Page">Where the next page begins.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Data, PageInfo Page);

/// <summary>One entry of the log: who did what to what, when and from where.</summary>
/// <param name="Id">The entry.</param>
/// <param name="At">When it happened, by the database's clock.</param>
/// <param name="Action">What happened: what was done to a record, such as <c>updated</c>, or a security event, such as
/// <c>sign_in_succeeded</c>.</param>
/// <param name="RecordType">What it happened to: the type of a record, or <c>user</c>, <c>access</c> and the like.</param>
/// <param name="RecordId">The record or user; null when it happened to none in particular.</param>
/// <param name="Version">The record's version after the change; null for a security event.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Origin">The name of the request, such as <c>UpdateContact</c>.</param>
/// <param name="Address">The address the request came from; null for jobs and the system itself.</param>
/// <param name="SessionId">The session it was made in; null for whoever has none.</param>
/// <param name="CorrelationId">The trace or job it belongs to.</param>
/// <param name="CausationId">The change that caused it; null when a caller did.</param>
/// <param name="Changes">What became different, per field; null for a security event.</param>
/// <param name="Details">What a security event tells besides; null for a change of a record.</param>
public sealed record AuditEntry(
    Guid Id, DateTime At, string Action, string RecordType, Guid? RecordId, int? Version, AuditActor Actor, string Origin, string? Address, Guid? SessionId,
    string? CorrelationId, Guid? CausationId, IReadOnlyDictionary<string, FieldChange>? Changes, IReadOnlyDictionary<string, string>? Details);

/// <summary>Who did something.</summary>
/// <param name="Type">What kind of actor, such as <c>user</c> or <c>system</c>.</param>
/// <param name="Id">The user or key; null for the system itself and for whoever is not known.</param>
public sealed record AuditActor(string Type, Guid? Id);

/// <summary>A field before and after.</summary>
/// <param name="From">The value before; null for none.</param>
/// <param name="To">The value after; null for none.</param>
public sealed record FieldChange(JsonElement? From, JsonElement? To);
