using Crm.Api.Http;
using Crm.Api.Identity;
using Crm.Application.Tenants;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Api.Tenants;

/// <summary>The tenants, for the host's operator.</summary>
internal sealed class TenantEndpoints : IEndpointGroup
{
    private const string Collection = "/api/v1/host/tenants";
    private const string Item = Collection + "/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Collection, new Operation(typeof(ListTenants), "List tenants by identifier.")
        {
            QueryParameters = ["limit", "cursor"],
            Answer = typeof(TenantPage),
        }, ListAsync);
        app.MapOperation("POST", Collection, new Operation(typeof(CreateTenant), "Create a tenant that is ready to use.")
        {
            Body = typeof(CreateTenant),
            Answer = typeof(TenantDto),
            SuccessStatus = StatusCodes.Status201Created,
            Conflicts = ["identifier_taken"],
        }, CreateAsync);
        MapItem(app, "GET", Item, typeof(GetTenant), "Read one tenant.", id => new GetTenant(id));
        MapItem(app, "POST", Item + "/suspend", typeof(SuspendTenant), "Suspend a tenant: every token for it is refused within a second.", id => new SuspendTenant(id));
        MapItem(app, "POST", Item + "/activate", typeof(ActivateTenant), "Put a suspended tenant in use again.", id => new ActivateTenant(id));
    }

    private static void MapItem(IEndpointRouteBuilder app, string method, string pattern, Type request, string summary, Func<Guid, IRequest<TenantDto>> create) =>
        app.MapOperation(method, pattern, new Operation(request, summary)
        {
            Answer = typeof(TenantDto),
            Conflicts = method == "POST" ? ["tenant_not_ready"] : [],
        }, async context => await WriteAsync(context, StatusCodes.Status200OK, await context.SendAsync(create(context.ReadId(TenantErrors.NotFound)))));

    private static async Task ListAsync(HttpContext context)
    {
        var page = await context.SendAsync(new ListTenants(context.ReadLimit(), context.ReadParameter("cursor")));
        await context.WriteJsonAsync(StatusCodes.Status200OK, page, IdentityJson.Default.TenantPage);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        var tenant = await context.SendAsync(await context.ReadJsonAsync(IdentityJson.Default.CreateTenant));
        context.Response.Headers.Location = $"{Collection}/{tenant.Id:D}";
        await WriteAsync(context, StatusCodes.Status201Created, tenant);
    }

    private static Task WriteAsync(HttpContext context, int status, TenantDto tenant) =>
        context.WriteJsonAsync(status, tenant, IdentityJson.Default.TenantDto);
}
