using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Domain.Identity;
using Crm.Domain.Tenants;

namespace Crm.Api.MultiTenancy;

/// <summary>
/// Sets the tenant of each signed-in request and guards it: the tenant is the one of the access token and no other, whatever else in the
/// request names one.
/// Requests that anyone may make have no tenant.
/// </summary>
internal sealed class MultiTenantMiddleware(RequestDelegate next, ITenantResolver resolver, IMultiTenantContextSetter setter)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.User.Identity is { IsAuthenticated: true })
            setter.MultiTenantContext = await AdmitAsync(http);
        await next(http);
    }

    private async Task<IMultiTenantContext> AdmitAsync(HttpContext http)
    {
        var named = await resolver.GetIdentifiersAsync(http);
        if (http.User.FindFirst(TokenClaims.Tenant)?.Value is not { } id)
            return named.Count == 0 ? MultiTenantContext.None : throw TenantErrors.Mismatch();

        var context = await resolver.ResolveAsync(http, http.RequestAborted);
        if (context.TenantInfo is not { } tenant || tenant.Id != id)
            throw IdentityErrors.MembershipEnded();
        if (!named.All(tenant.IsNamedBy))
            throw TenantErrors.Mismatch();
        return tenant.Status == TenantStatuses.Active ? context : throw TenantErrors.Suspended();
    }
}

/// <summary>Puts multi-tenancy into the request pipeline.</summary>
public static class MultiTenantApplication
{
    /// <summary>Sets and guards the tenant of each request; goes behind what finds out the caller.</summary>
    public static IApplicationBuilder UseMultiTenant(this IApplicationBuilder app) => app.UseMiddleware<MultiTenantMiddleware>();
}
