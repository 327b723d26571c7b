using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Contacts;

namespace Crm.Application.Contacts;

/// <summary>Lists contacts by query parameters.</summary>
/// <param name="Query">The question.</param>
[Requires("contacts:read")]
public sealed record ListContacts(RecordQuery Query) : ListRecords<Contact>(Query);

/// <summary>Lists contacts by a query in the body.</summary>
/// <param name="Query">The question.</param>
[Requires("contacts:read")]
public sealed record QueryContacts(RecordQuery Query) : ListRecords<Contact>(Query);
