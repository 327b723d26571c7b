using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Contacts;

namespace Crm.Application.Contacts;

/// <summary>Reads one contact.</summary>
/// <param name="Id">The contact.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("contacts:read")]
public sealed record GetContact(Guid Id, RecordSelection Selection) : GetRecord<Contact>(Id, Selection);
