using Crm.Domain.Common;

namespace Crm.Domain.Tenants;

/// <summary>What can go wrong with a tenant.</summary>
public static class TenantErrors
{
    /// <summary>There is no such tenant.</summary>
    public static NotFoundException NotFound() => new("tenant");

    /// <summary>The tenant named in a body does not exist.</summary>
    public static InvalidException Unknown(string member) =>
        new([FieldError.At("/" + member, "reference_not_found", "There is no such tenant.")]);

    /// <summary>Another tenant has the identifier.</summary>
    public static ConflictException IdentifierTaken(string identifier) =>
        new("identifier_taken", $"There is a tenant {identifier} already.");

    /// <summary>The tenant's creation has not come to its end.</summary>
    public static ConflictException NotReady() =>
        new("tenant_not_ready", "The tenant is still being prepared; create it again to finish.");

    /// <summary>The tenant is being deleted: nothing can be done with it but to restore it.</summary>
    public static ConflictException BeingDeleted() =>
        new("tenant_deleting", "The tenant is being deleted; restore it first.");

    /// <summary>The time in which the tenant could be restored is over.</summary>
    public static ConflictException BeyondRestoring() =>
        new("tenant_purging", "The tenant's time of grace is over; its data is being removed.");

    /// <summary>The tenant has as much as its plan allows.</summary>
    public static ConflictException PlanLimitReached(string what, long limit, long used) => new(
        "plan_limit_reached", $"The tenant's plan allows {limit} {what}, and there are {used}.",
        new Dictionary<string, object?> { ["what"] = what, ["limit"] = limit, ["used"] = used });

    /// <summary>The tenant is not in use at present.</summary>
    public static ForbiddenException Suspended() =>
        new("tenant_suspended", "The tenant is suspended.");

    /// <summary>The request names a tenant that its access token is not for.</summary>
    public static ForbiddenException Mismatch() =>
        new("tenant_mismatch", "The request names another tenant than its access token is for.");

    /// <summary>The request to sign in names one tenant here and another there.</summary>
    public static ForbiddenException NamedTwice() =>
        new("tenant_mismatch", "The body, the header and the host name of the request do not name the same tenant.");
}
