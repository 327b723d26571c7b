using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;
using Crm.Domain.Common;
using Crm.Domain.Identity;

namespace Crm.Application.Authorization;

/// <summary>Decides whether a caller may make a request, from what the request's type declares.</summary>
public static class AccessRules
{
    private static readonly ConcurrentDictionary<Type, Attribute> Declared = new();
    private static readonly ConcurrentDictionary<Type, bool> SessionOnly = new();

    /// <summary>Refuses a caller who may not make a request.</summary>
    /// <exception cref="UnauthenticatedException">The request needs a known caller.</exception>
    /// <exception cref="ForbiddenException">The caller lacks the permission, or the scope.</exception>
    public static void Demand(ICaller caller, Type request)
    {
        var rule = Declared.GetOrAdd(request, DeclarationOf);
        if (rule is PublicAttribute)
            return;
        if (!caller.IsAuthenticated)
            throw caller.Refusal ?? IdentityErrors.Unauthenticated();
        if (caller.ApiKeyId is not null && SessionOnly.GetOrAdd(request, type => type.IsDefined(typeof(NeedsSessionAttribute))))
            throw ApiKeyErrors.SessionRequired();

        switch (rule)
        {
            case HostScopeAttribute when !caller.IsHostOperator:
                throw new ForbiddenException("host_only", "Only the host's operator may do this.");
            case RequiresAttribute needs:
                Demand(caller, needs.Permission);
                break;
        }
    }

    /// <summary>Refuses a caller who lacks a permission.</summary>
    /// <exception cref="ForbiddenException">The caller lacks it.</exception>
    public static void Demand(ICaller caller, string permission)
    {
        if (!Holds(caller.Permissions, permission))
            throw new ForbiddenException("permission_missing", $"This needs the permission {permission}.");
    }

    /// <summary>Looks at the rules that decide over something, one after the other: those the API itself refuses by.</summary>
    public static IEnumerable<ExaminedRule> Examine(MemberAccess? member, string permission, RecordType? type, RecordDocument? record, string? field)
    {
        yield return new(AccessRuleCodes.MembershipActive, member is not null, member is null ? "The user has no active membership in the tenant." : $"The user is an active member with the role {member.Role}.");
        if (member is null)
            yield break;

        // Removing for good is a way to delete, and needs the permission for that too.
        string[] needed = type is not null && permission == type.PurgePermission && permission != type.DeletePermission ? [type.DeletePermission, permission] : [permission];
        foreach (var one in needed)
        {
            var held = Holds(member.Permissions, one);
            yield return new(AccessRuleCodes.PermissionHeld, held, $"The role {member.Role} {(held ? "has" : "lacks")} the permission {one}.");
        }

        if (type is null)
            yield break;

        // As the API does: what a request names is looked at before the record it is about.
        if (field is not null)
        {
            var (access, known) = (new RecordView(member.Permissions, member.Grants), type.Field(field)!);
            var readable = access.MayRead(type, known);
            yield return new(AccessRuleCodes.FieldReadable, readable, readable ? "No rule of the role hides the field." : "A rule of the role hides the field, or hides what the field would reveal.");
            if (permission == type.WritePermission)
            {
                var writable = access.MayWrite(type, known) && known.Write != FieldWrite.Never;
                yield return new(AccessRuleCodes.FieldWritable, writable, writable ? "No rule of the role keeps the field from being written." : "The field can be read only, by a rule of the role or for everyone.");
            }
        }

        if (record is null)
            yield break;
        var owner = (Guid?)record.Value("ownerId");
        if (permission != type.ReadPermission)
            yield return Covered(AccessRuleCodes.RecordInReadScope, member, type.ReadPermission, owner);
        foreach (var one in needed)
            yield return Covered(AccessRuleCodes.RecordInScope, member, one, owner);
    }

    private static bool Holds(IReadOnlySet<string> permissions, string permission) => permissions.Contains(permission);

    private static ExaminedRule Covered(string rule, MemberAccess member, string permission, Guid? owner)
    {
        var covered = member.Grants.Covers(permission, owner);
        var records = member.Grants.OwnersFor(permission) switch
        {
            null => "all records",
            [_] => "the user's own records",
            var owners => $"the records of {owners.Count.ToString(CultureInfo.InvariantCulture)} owners, the user and those who share a team with the user",
        };
        return new(rule, covered, $"The permission {permission} covers {records}; the record's owner is {owner?.ToString() ?? "nobody"}.");
    }

    /// <summary>What a request type declares about who may make it.</summary>
    /// <exception cref="InvalidOperationException">It declares nothing, or several things.</exception>
    public static Attribute DeclarationOf(Type request)
    {
        var rules = request.GetCustomAttributes()
            .Where(a => a is RequiresAttribute or PublicAttribute or SignedInAttribute or HostScopeAttribute).ToList();
        return rules.Count == 1
            ? rules[0]
            : throw new InvalidOperationException($"{request.Name} must declare exactly one of [Requires], [SignedIn], [HostScope] and [Public].");
    }
}
