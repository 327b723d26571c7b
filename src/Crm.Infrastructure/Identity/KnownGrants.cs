using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Caching;

namespace Crm.Infrastructure.Identity;

/// <summary>The grants in use: as long as role and teams stay the same, every load finds the same object, made once.</summary>
internal sealed class KnownGrants(int capacity)
{
    private const string NoRules = "{}";

    private readonly BoundedMap<string, RecordGrants> _known = new(capacity);

    /// <summary>The grants of a member.</summary>
    public RecordGrants Of(Guid user, string scopes, string fields, Guid[] mates)
    {
        if (scopes == NoRules && fields == NoRules)
            return RecordGrants.Full;

        // Where only fields are restricted, all who have the role share one object.
        var key = scopes == NoRules ? fields : $"{fields}{scopes}{user:N}{string.Join(',', mates)}";
        if (!_known.TryGet(key, out var grants))
            _known.Set(key, grants = MemberGrants.Of(Rules(scopes), Rules(fields), user, mates));
        return grants;
    }

    private static Dictionary<string, string> Rules(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}
