using Crm.Domain.Identity;

namespace Crm.Application.Authorization;

/// <summary>Makes a member's grants of what the role says and of who the member shares a team with.</summary>
public static class MemberGrants
{
    /// <summary>Makes grants.</summary>
    /// <param name="scopes">The role's scopes: permission → one of <see cref="RecordScopes"/>.</param>
    /// <param name="fields">The role's field rules: field → one of <see cref="FieldRules"/>.</param>
    /// <param name="member">The member.</param>
    /// <param name="mates">The others in the member's teams; looked at only when a scope is <c>team</c>.</param>
    /// <returns>The grants; <see cref="RecordGrants.Full"/> when the role restricts nothing.</returns>
    public static RecordGrants Of(IReadOnlyDictionary<string, string> scopes, IReadOnlyDictionary<string, string> fields, Guid member, IReadOnlyList<Guid> mates)
    {
        if (scopes.Count == 0 && fields.Count == 0)
            return RecordGrants.Full;

        IReadOnlyList<Guid> own = [member], team = [member, .. mates];
        return new RecordGrants(scopes.ToDictionary(s => s.Key, s => s.Value == RecordScopes.Team ? team : own), fields);
    }
}
