using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.Jobs;

/// <summary>A type of job, as its runner declares it.</summary>
/// <param name="Name">The name in the API and in the queue.</param>
/// <param name="Access">Who may see its jobs, and who may cancel them.</param>
/// <param name="Result">The shape of what comes of them.</param>
/// <param name="Runner">The class that runs them.</param>
public sealed record JobType(string Name, JobAccess Access, Type Result, Type Runner)
{
    /// <summary>What a runner declares.</summary>
    public static JobType Of<TRunner>()
        where TRunner : IJobRunner<TRunner> => new(TRunner.Type, TRunner.Access, TRunner.Result, typeof(TRunner));
}

/// <summary>All types of jobs.</summary>
public sealed class JobTypes(IEnumerable<JobType> all) : IModule
{
    private readonly Dictionary<string, JobType> _byName = all.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>The shapes that a result can have.</summary>
    public IReadOnlyList<Type> Results => [.. _byName.Values.Select(type => type.Result).Distinct()];

    /// <summary>Which jobs there are for a caller who wants to look at them.</summary>
    public IEnumerable<VisibleJobs> Readable(ICaller caller, RecordModel types) => Visible(caller, types, toCancel: false);

    /// <summary>Which jobs there are for a caller who wants to cancel one.</summary>
    public IEnumerable<VisibleJobs> Cancellable(ICaller caller, RecordModel types) => Visible(caller, types, toCancel: true);

    /// <summary>The class that runs jobs of a type; <c>null</c> when this version of the program has none.</summary>
    public Type? FindRunner(string jobType) => _byName.GetValueOrDefault(jobType)?.Runner;

    /// <summary>Reads a stored result in the shape of its type.</summary>
    public object ReadResult(string jobType, string json) =>
        JsonSerializer.Deserialize(json, _byName[jobType].Result, JsonSerializerOptions.Web)!;

    /// <summary>Registers what all runners declare, and each runner for the length of a job.</summary>
    public static void Register(IServiceCollection services)
    {
        var runners = typeof(JobTypes).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IJobRunner))).ToList();
        foreach (var runner in runners)
            services.AddScoped(runner);
        var declare = typeof(JobType).GetMethod(nameof(JobType.Of))!;
        services.AddSingleton(new JobTypes(runners.Select(runner => (JobType)declare.MakeGenericMethod(runner).Invoke(null, null)!)));
    }

    private IEnumerable<VisibleJobs> Visible(ICaller caller, RecordModel types, bool toCancel) =>
        _byName.Values.Select(type => type.Access.Of(type.Name, caller, types, toCancel)).OfType<VisibleJobs>();
}

/// <summary>What came of an import, or of another job that goes through rows.</summary>
/// <param name="Created">Rows that made a record.</param>
/// <param name="Updated">Rows that matched a record by the key.</param>
/// <param name="Failed">Rows that nothing came of; each is listed with its faults.</param>
/// <param name="Warnings">What was not taken as it stood, in rows that were taken; each is listed.</param>
/// <param name="Error">Why the job was given up; left out when it was not.</param>
public sealed record JobResult(
    long Created = 0,
    long Updated = 0,
    long Failed = 0,
    long Warnings = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobError? Error = null);

/// <summary>Why a job was given up.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Message">One sentence.</param>
public sealed record JobError(string Code, string Message);
