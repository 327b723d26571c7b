using Crm.Application.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.Jobs;

/// <summary>Registers the queue of jobs and its workers.</summary>
public static class JobServices
{
    /// <summary>Registers the queue of jobs and its workers.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddOptions<JobOptions>().BindConfiguration(JobOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobSignal>();
        services.AddSingleton<IJobWorker, JobWorker>();
        services.AddScoped<IJobStore, JobStore>();
        services.AddHostedService<JobService>();
        return services;
    }
}
