using Crm.Application.Audit;
using Crm.Infrastructure.ChangeLog.Audit;
using Crm.Infrastructure.ChangeLog.Seals;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>Registers security events, their reading and the seals.</summary>
public static class AuditServices
{
    /// <summary>Registers security events, their reading and the seals.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.HasGoodKeys(), "Audit:SealKey and Audit:PastSealKeys are 32 random bytes or more in Base64.").ValidateOnStart();
        services.AddSingleton<SecurityEventWriter>();
        services.AddSingleton<EventCounts>();
        services.AddScoped<ISecurityLog, SecurityLog>();
        services.AddScoped<IDenials, Denials>();
        services.AddScoped<IAuditReader, AuditReader>();
        services.AddHostedService<EventCountsWriter>();
        services.AddSingleton<SealKeys>();
        services.AddSingleton<SealVerification>();
        services.AddSingleton<ISeals, Sealing>();
        services.AddHostedService<SealService>();
        return services;
    }
}
