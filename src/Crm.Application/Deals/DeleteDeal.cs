using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Application.Deals;

/// <summary>Puts a deal in the trash, or removes it for good.</summary>
/// <param name="Id">The deal.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs <c>deals:purge</c>.</param>
[Requires("deals:delete")]
public sealed record DeleteDeal(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Deal>(Id, ExpectedVersion, Purge);

/// <summary>Takes a deal out of the trash.</summary>
/// <param name="Id">The deal.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("deals:delete")]
public sealed record RestoreDeal(Guid Id, int? ExpectedVersion) : RestoreRecord<Deal>(Id, ExpectedVersion);
