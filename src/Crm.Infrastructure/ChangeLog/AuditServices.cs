using Crm.Application.Audit;
using Crm.Application.ChangeLog;
using Crm.Infrastructure.ChangeLog.Audit;
using Crm.Infrastructure.ChangeLog.Seals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>Registers security events, their reading and the seals.</summary>
public static class AuditServices
{
    /// <summary>Registers security events, their reading and the seals.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.HasGoodKeys(), "Audit:SealKey and Audit:PastSealKeys are 32 random bytes or more in Base64.")
            .ValidateOnStart();
        services.AddSingleton<SecurityEventWriter>();
        services.AddSingleton<EventCounts>();
        services.AddScoped<ISecurityLog, SecurityLog>();
        services.AddScoped<IDenials, Denials>();
        services.AddScoped<IAuditReader, AuditReader>();
        services.AddHostedService<EventCountsWriter>();
        services.AddSingleton<SealKeys>();
        services.AddSingleton<SealVerification>();
        services.AddSingleton<ISeals, Sealing>();
        services.AddLogReader<SealReader>();
        return services;
    }

    /// <summary>Registers what readers of the log share.</summary>
    internal static IServiceCollection AddLogReading(this IServiceCollection services)
    {
        services.AddOptions<LogReaderOptions>().BindConfiguration(LogReaderOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LogSignal>();
        services.AddSingleton<ILogSignal>(provider => provider.GetRequiredService<LogSignal>());
        services.AddSingleton<LogQueue>();
        services.AddSingleton<LogReading>();
        return services;
    }

    /// <summary>Registers a reader of the log, which runs as long as the process.</summary>
    internal static IServiceCollection AddLogReader<TReader>(this IServiceCollection services)
        where TReader : LogReader
    {
        services.AddSingleton<TReader>();
        services.AddSingleton<IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<LogReaderService>(provider, provider.GetRequiredService<TReader>()));
        return services;
    }
}
