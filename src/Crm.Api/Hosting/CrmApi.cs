using Crm.Api.CrossOrigin;
using Crm.Api.Health;
using Crm.Api.Http;
using Crm.Api.Identity;
using Crm.Api.MultiTenancy;
using Crm.Api.OpenApi;
using Crm.Api.RateLimiting;
using Crm.Application;
using Crm.Application.Imports;
using Crm.Infrastructure;
using Crm.Infrastructure.Administration;
using Crm.Infrastructure.ApiKeys;
using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.Diagnostics;
using Crm.Infrastructure.Identity;
using Crm.Infrastructure.Jobs;
using Crm.Infrastructure.Mail;
using Crm.Infrastructure.MultiTenancy;
using Crm.Infrastructure.RateLimiting;
using Crm.Infrastructure.Redis;
using Crm.Infrastructure.Secrets;
using Crm.Infrastructure.Storage;

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
        builder.Services.AddInfrastructure(connectionString);
        builder.Services.AddRedis(builder.Configuration);
        builder.Services.AddRateLimits();
        builder.Services.AddProxies();
        builder.Services.AddMultiTenant().WithClaimStrategy().WithHeaderStrategy().WithHostStrategy().WithDatabaseStore();
        builder.Services.AddIdentity();
        builder.Services.AddApiKeys();
        builder.Services.AddOptions<SessionCookieOptions>().BindConfiguration(SessionCookieOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SessionCookies>();
        builder.Services.AddCredentials();
        builder.Services.AddCrossOriginRequests();
        builder.Services.AddAdministration();
        builder.Services.AddAudit();
        builder.Services.AddSecrets();
        builder.Services.AddMail();
        builder.Services.AddStorage();
        builder.Services.AddJobs();
        builder.Services.AddOptions<ImportOptions>().BindConfiguration(ImportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddApiDocument();
        builder.Services.AddReadiness();
        builder.Services.AddSingleton<ReadinessProbe>();
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
