using Crm.Api.Http;
using Crm.Application.Administration;
using Crm.Application.Tenants;
using Crm.Domain.Tenants;

namespace Crm.Api.Administration;

/// <summary>What a tenant's admins decide about the tenant, and how much it has.</summary>
internal sealed class SettingsEndpoints : IEndpointGroup
{
    private const string Settings = "/api/v1/admin/settings";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Settings, new Operation(typeof(GetSettings), "Read the tenant's settings.") { Answer = typeof(SettingsDto) },
            async context => await WriteAsync(context, await context.SendAsync(new GetSettings())));
        app.MapOperation("PATCH", Settings, new Operation(typeof(UpdateSettings), "Change the tenant's settings by a merge patch.", OperationKind.Update)
        {
            Body = typeof(SettingsChange),
            Answer = typeof(SettingsDto),
            Conflicts = ["tenant_deleting"],
        }, PatchAsync);
        app.MapOperation("GET", "/api/v1/admin/usage", new Operation(typeof(GetUsage), "Tell how much of what the tenant has, and may have.") { Answer = typeof(TenantUsage) },
            async context => await WriteAsync(context, await context.SendAsync(new GetUsage())));
        app.MapOperation("GET", "/api/v1/host/tenants/{id}/usage", new Operation(typeof(GetTenantUsage), "Tell how much of what a tenant has, and may have.") { Answer = typeof(TenantUsage) },
            async context => await WriteAsync(context, await context.SendAsync(new GetTenantUsage(context.ReadId(TenantErrors.NotFound)))));
    }

    private static async Task PatchAsync(HttpContext context)
    {
        var changed = await context.PatchAsync(
            AdministrationJson.Default.SettingsChange, () => context.SendAsync(new GetSettings()), settings => settings.Version, SettingsChange.Of,
            (change, version) => new UpdateSettings(change, version));
        await WriteAsync(context, changed);
    }

    private static Task WriteAsync(HttpContext context, SettingsDto settings)
    {
        context.Response.Headers.ETag = Answers.ETag(settings.Version);
        return context.WriteJsonAsync(StatusCodes.Status200OK, settings, AdministrationJson.Default.SettingsDto);
    }

    private static Task WriteAsync(HttpContext context, TenantUsage usage) =>
        context.WriteJsonAsync(StatusCodes.Status200OK, usage, AdministrationJson.Default.TenantUsage);
}
