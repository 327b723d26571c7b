using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;
using Crm.Application.Imports;
using Crm.Application.Jobs;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.RateLimiting;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Application.Secrets;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Application;

/// <summary>Registers the use cases. Everything is found by looking at the assembly; there is no list to keep.</summary>
public static class ApplicationServices
{
    private static readonly Type[] Types = typeof(ApplicationServices).Assembly.GetTypes();

    /// <summary>Registers use cases, validators, descriptions and the pipeline.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddTransient<ServiceFactory>(provider => provider.GetService!);
        services.AddTransient<IMediator, Mediator>();
        services.AddPipeline();
        services.AddScoped<RequestOrigin>();
        services.AddScoped<ClientDevice>();
        services.AddTransient<AccountLimit>();
        services.AddSingleton<AttemptTurns>();
        services.AddSingleton<AttemptDelays>();
        services.AddTransient<AttemptedAccounts>();
        services.AddTransient<PasswordVerifier>();
        services.AddTransient<PasswordGate>();
        services.AddScoped<Caller>();
        services.AddTransient<ICaller>(provider => provider.GetRequiredService<Caller>());
        services.AddTransient<ICallerSetter>(provider => provider.GetRequiredService<Caller>());
        services.AddSingleton(provider => new RecordModel(
            Types.Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(RecordType))).Select(t => (RecordType)Activator.CreateInstance(t)!), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<KnownSelections>();
        services.AddScoped<RoleRoster>();
        services.AddScoped<ImportPlans>();
        services.AddScoped<ReferenceLookup>();
        services.AddScoped<EachTenant>();
        AddAll<IImportTarget>(services);
        AddJobRunners(services);
        AddHandlers(services);

        // Building a validator costs as much as a request: one of each serves all.
        foreach (var found in AssemblyScanner.FindValidatorsInAssembly(typeof(ApplicationServices).Assembly, includeInternalTypes: true))
            services.AddSingleton(found.InterfaceType, found.ValidatorType);
        return services;
    }

    /// <summary>Every request type of the application.</summary>
    public static IEnumerable<Type> Requests() => Types.Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && RequestInterface(t) is not null);

    private static void AddAll<TService>(IServiceCollection services)
    {
        foreach (var type in Types.Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(TService))))
            services.AddScoped(typeof(TService), type);
    }

    private static void AddJobRunners(IServiceCollection services)
    {
        var runners = Types.Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IJobRunner))).ToList();
        foreach (var runner in runners)
            services.AddScoped(runner);
        var declare = typeof(JobType).GetMethod(nameof(JobType.Of))!;
        services.AddSingleton(new JobTypes(runners.Select(runner => (JobType)declare.MakeGenericMethod(runner).Invoke(null, null)!)));
    }

    private static void AddHandlers(IServiceCollection services)
    {
        foreach (var type in Types.Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var handler in type.GetInterfaces().Where(i => IsClosed(i, typeof(IRequestHandler<,>)) || IsClosed(i, typeof(IPasswordOwnerOf<>))))
                services.AddTransient(handler, type);
        }

        // Verbs that are the same for every record type have one open handler each; it is closed here for every request derived from the
        // verb.
        var shared = Types.Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: true } && t.GetInterfaces().Any(i => IsClosed(i, typeof(IRequestHandler<,>)))).ToList();
        foreach (var request in Requests().Where(r => r.BaseType is { IsGenericType: true }))
        {
            var verb = request.BaseType!.GetGenericTypeDefinition();
            var handler = shared.SingleOrDefault(h => h.GetGenericArguments()[0].GetGenericParameterConstraints().Any(c => c.IsGenericType && c.GetGenericTypeDefinition() == verb));
            if (handler is not null)
                services.AddTransient(typeof(IRequestHandler<,>).MakeGenericType(request, RequestInterface(request)!.GetGenericArguments()[0]), handler.MakeGenericType([request, .. request.BaseType.GetGenericArguments()]));
        }
    }

    private static Type? RequestInterface(Type type) => type.GetInterfaces().SingleOrDefault(i => IsClosed(i, typeof(IRequest<>)));

    private static bool IsClosed(Type candidate, Type definition) => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == definition;
}
