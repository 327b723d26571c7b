using Crm.Domain.Identity;

namespace Crm.Application.Authorization;

/// <summary>Makes a member's grants of what the role says and of who the member shares a team with.</summary>
public static class MemberGrants
{
    /// <summary>Makes grants.</summary>
    public static RecordGrants Of(IReadOnlyDictionary<string, string> scopes, IReadOnlyDictionary<string, string> fields, Guid member, IReadOnlyList<Guid> mates)
    {
        if (scopes.Count == 0 && fields.Count == 0)
            return RecordGrants.Full;

        IReadOnlyList<Guid> own = [member], team = [member, .. mates];
        return new RecordGrants(scopes.ToDictionary(s => s.Key, s => s.Value == RecordScopes.Team ? team : own), fields);
    }
}
