using Crm.Application.Administration;
using Crm.Application.Caching;
using Crm.Application.ChangeLog;
using Crm.Application.Deals;
using Crm.Application.Identity;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Application.Reports;
using Crm.Application.Tenants;
using Crm.Infrastructure.Caching;
using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Infrastructure;

/// <summary>Registers everything that talks to something.</summary>
public static class InfrastructureServices
{
    /// <summary>Registers persistence, the record engine, the change log and the cache.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => DataSources.ForApplication(connectionString));
        services.AddPooledDbContextFactory<CrmDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));

        services.AddSingleton<IFailureTranslator, DatabaseFailureTranslator>();
        services.AddSingleton<HostSession>();
        services.AddScoped<TenantSession>();
        services.AddScoped<ITenantSession>(provider => provider.GetRequiredService<TenantSession>());
        services.AddScoped<IChangeLog, ChangeLogWriter>();
        services.AddHostedService<PartitionService>();
        services.AddSingleton<RecordTables>();
        services.AddSingleton<CountedTables>();
        services.AddTransient<IUsageCounter, UsageCounter>();
        services.AddTransient<IReassignment, Reassignment>();
        services.AddTransient<IMembershipLock, MembershipLock>();
        services.AddTransient<IInvitationDesk, InvitationDesk>();
        services.AddSingleton<CursorCodec>();
        services.AddTransient<CursorPages>();
        services.AddTransient<ChangeSql>();
        services.AddTransient<ReferenceCheck>();
        services.AddTransient<RecordReader>();
        services.AddTransient<RecordWriter>();
        services.AddTransient<RecordTrash>();
        services.AddTransient<IRecordStore, RecordStore>();
        services.AddTransient<IAggregates, Aggregates>();
        services.AddTransient<IDealBoard, DealBoard>();
        services.AddTransient<IStageHistory, StageHistory>();
        services.AddSingleton<ICache, InProcessCache>();
        return services;
    }
}
