using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Companies;

namespace Crm.Application.Companies;

/// <summary>Reads one company.</summary>
/// <param name="Id">The company.</param>
/// <param name="Selection">What of it is wanted.</param>
[Requires("companies:read")]
public sealed record GetCompany(Guid Id, RecordSelection Selection) : GetRecord<Company>(Id, Selection);
