using System.Collections.Concurrent;
using System.Reflection;
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
    /// <param name="caller">The caller.</param>
    /// <param name="request">The request's type.</param>
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
    /// <param name="caller">The caller.</param>
    /// <param name="permission">A permission such as <c>contacts:purge</c>.</param>
    /// <exception cref="ForbiddenException">The caller lacks it.</exception>
    public static void Demand(ICaller caller, string permission)
    {
        if (!caller.Permissions.Contains(permission))
            throw new ForbiddenException("permission_missing", $"This needs the permission {permission}.");
    }

    /// <summary>What a request type declares about who may make it.</summary>
    /// <param name="request">The request's type.</param>
    /// <returns>One of the four attributes.</returns>
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
