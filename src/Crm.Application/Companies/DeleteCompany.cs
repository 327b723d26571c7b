using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Companies;

namespace Crm.Application.Companies;

/// <summary>Puts a company in the trash, or removes it for good.</summary>
/// <param name="Id">The company.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs <c>companies:purge</c>.</param>
[Requires("companies:delete")]
public sealed record DeleteCompany(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Company>(Id, ExpectedVersion, Purge);

/// <summary>Takes a company out of the trash.</summary>
/// <param name="Id">The company.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("companies:delete")]
public sealed record RestoreCompany(Guid Id, int? ExpectedVersion) : RestoreRecord<Company>(Id, ExpectedVersion);
