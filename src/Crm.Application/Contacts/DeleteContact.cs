using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Contacts;

namespace Crm.Application.Contacts;

/// <summary>Puts a contact in the trash, or removes it for good.</summary>
/// <param name="Id">The contact.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs <c>contacts:purge</c>.</param>
[Requires("contacts:delete")]
public sealed record DeleteContact(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Contact>(Id, ExpectedVersion, Purge);

/// <summary>Takes a contact out of the trash.</summary>
/// <param name="Id">The contact.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("contacts:delete")]
public sealed record RestoreContact(Guid Id, int? ExpectedVersion) : RestoreRecord<Contact>(Id, ExpectedVersion);
