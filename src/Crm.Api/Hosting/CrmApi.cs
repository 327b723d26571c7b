using Crm.Api.CrossOrigin;
using Crm.Api.Http;
using Crm.Api.Identity;
using Crm.Api.MultiTenancy;
using Crm.Api.RateLimiting;
using Crm.Application;
using Crm.Infrastructure;
using Crm.Infrastructure.MultiTenancy;

namespace Crm.Api.Hosting;

/// <summary>Composes the API: what it is made of, and the order in which a request passes through it.</summary>
public static class CrmApi
{
    /// <summary>The largest body in bytes that is taken where an operation does not say otherwise.</summary>
    public const int MaxBodySize = 1024 * 1024;

    /// <summary>How long requests that have begun may take to end once the system is told to stop.</summary>
    public static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(10);

    /// <summary>Registers everything.</summary>
    public static WebApplicationBuilder AddCrm(this WebApplicationBuilder builder, string connectionString)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
        });
        builder.Services.AddApplication();
        builder.Services.AddInfrastructure(builder.Configuration, connectionString);
        builder.Services.AddMultiTenant().WithClaimStrategy().WithHeaderStrategy().WithHostStrategy().WithDatabaseStore();
        builder.Services.Scan(typeof(CrmApi).Assembly).AddSections().AddServices().AddModules();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestFarewell);
        return builder;
    }

    /// <summary>Puts the parts in the order in which a request passes through them.</summary>
    public static WebApplication UseCrm(this WebApplication app)
    {
        app.UseProxies();
        app.UseMiddleware<CorrelationMiddleware>();
        app.UseMiddleware<RequestLogMiddleware>();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseMiddleware<ProblemDetailsMiddleware>();
        app.UseRouting();
        app.UseCrossOriginRequests();
        app.UseMiddleware<CallerMiddleware>();
        app.UseMiddleware<RateLimitMiddleware>();
        app.UseMultiTenant();
        app.MapEndpointGroups();
        return app;
    }
}
