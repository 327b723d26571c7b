using Crm.Api.Http;
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
        app.MapOperation("PATCH", Item, new Operation(typeof(UpdateTenant), "Change a tenant by a merge patch: rename it, give it another plan.", OperationKind.Update)
        {
            Body = typeof(TenantChange),
            Answer = typeof(TenantDto),
            Conflicts = ["identifier_taken", "tenant_not_ready", "tenant_deleting"],
        }, PatchAsync);
        app.MapOperation("DELETE", Item, new Operation(typeof(DeleteTenant), "Close a tenant, and remove it when its time of grace is over.")
        {
            Answer = typeof(TenantDto),
        }, async context => await WriteAsync(context, StatusCodes.Status200OK, await context.SendAtVersionAsync(version => new DeleteTenant(ReadId(context), version))));
        MapItem(app, "GET", Item, typeof(GetTenant), "Read one tenant.", id => new GetTenant(id));
        MapItem(app, "POST", Item + "/suspend", typeof(SuspendTenant), "Suspend a tenant: every token for it is refused within a second.", id => new SuspendTenant(id), "tenant_not_ready", "tenant_deleting");
        MapItem(app, "POST", Item + "/activate", typeof(ActivateTenant), "Put a suspended tenant in use again.", id => new ActivateTenant(id), "tenant_not_ready", "tenant_deleting");
        MapItem(app, "POST", Item + "/restore", typeof(RestoreTenant), "Keep a tenant that was to be removed.", id => new RestoreTenant(id), "tenant_purging");
    }

    private static void MapItem(
        IEndpointRouteBuilder app, string method, string pattern, Type request, string summary, Func<Guid, IRequest<TenantDto>> create, params string[] conflicts) =>
        app.MapOperation(method, pattern, new Operation(request, summary)
        {
            Answer = typeof(TenantDto),
            Conflicts = conflicts,
        }, async context => await WriteAsync(context, StatusCodes.Status200OK, await context.SendAsync(create(ReadId(context)))));

    private static async Task ListAsync(HttpContext context)
    {
        var page = await context.SendAsync(new ListTenants(context.ReadLimit(), context.ReadParameter("cursor")));
        await context.WriteJsonAsync(StatusCodes.Status200OK, page, TenantJson.Default.TenantPage);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        var tenant = await context.SendAsync(await context.ReadJsonAsync(TenantJson.Default.CreateTenant));
        context.Response.Headers.Location = $"{Collection}/{tenant.Id:D}";
        await WriteAsync(context, StatusCodes.Status201Created, tenant);
    }

    private static async Task PatchAsync(HttpContext context)
    {
        var changed = await context.PatchAsync(
            TenantJson.Default.TenantChange, () => context.SendAsync(new GetTenant(ReadId(context))), tenant => tenant.Version, TenantChange.Of,
            (change, version) => new UpdateTenant(ReadId(context), change, version));
        await WriteAsync(context, StatusCodes.Status200OK, changed);
    }

    private static Guid ReadId(HttpContext context) => context.ReadId(TenantErrors.NotFound);

    private static Task WriteAsync(HttpContext context, int status, TenantDto tenant)
    {
        context.Response.Headers.ETag = Answers.ETag(tenant.Version);
        return context.WriteJsonAsync(status, tenant, TenantJson.Default.TenantDto);
    }
}
