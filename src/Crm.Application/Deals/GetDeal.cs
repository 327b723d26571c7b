using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Application.Deals;

/// <summary>Reads one deal.</summary>
/// <param name="Id">The deal.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("deals:read")]
public sealed record GetDeal(Guid Id, RecordSelection Selection) : GetRecord<Deal>(Id, Selection);
