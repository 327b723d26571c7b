using System.Net;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>A security event on its way into a log.</summary>
/// <param name="Action">What happened; one of <see cref="Application.Audit.SecurityActions"/>.</param>
/// <param name="Subject">What it happened to, such as <c>user:{id}</c>; without an id, such as <c>access</c>.</param>
/// <param name="Actor">Who did it, and from where.</param>
/// <param name="Origin">The name of the request.</param>
/// <param name="CorrelationId">The trace or job.</param>
/// <param name="Fields">Further details; never a secret.</param>
internal sealed record SecurityEvent(string Action, string Subject, EventActor Actor, string Origin, string? CorrelationId, IReadOnlyDictionary<string, string> Fields);

/// <summary>Who did something, and from where.</summary>
/// <param name="Type">One of <see cref="Domain.ChangeLog.ActorTypes"/>.</param>
/// <param name="Id">The user or key; <c>null</c> for the system and for whoever is not known.</param>
/// <param name="Address">The address of the caller.</param>
/// <param name="SessionId">The caller's session.</param>
internal sealed record EventActor(string Type, Guid? Id, IPAddress? Address, Guid? SessionId);
