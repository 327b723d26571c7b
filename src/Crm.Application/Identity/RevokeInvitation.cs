using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Takes an invitation back; its link is no longer good.</summary>
/// <param name="Id">The invitation.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good.</param>
[Requires("users:write")]
public sealed record RevokeInvitation(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Invitation>(Id, ExpectedVersion, Purge);
