using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Imports;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.Records;
using Crm.Domain.Identity;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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
        services.AddScoped<Caller>();
        services.AddTransient<ICaller>(provider => provider.GetRequiredService<Caller>());
        services.AddTransient<ICallerSetter>(provider => provider.GetRequiredService<Caller>());
        services.AddSingleton(provider => new RecordModel(
            Types.Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(RecordType))).Select(t => (RecordType)Activator.CreateInstance(t)!), provider.GetRequiredService<TimeProvider>()));
        services.Scan(typeof(ApplicationServices).Assembly)
            .AddSections()
            .AddServices()
            .AddEach(typeof(IImportTarget), ServiceLifetime.Scoped)
            .AddEach(typeof(IRequestHandler<,>), ServiceLifetime.Transient)
            .AddEach(typeof(IPasswordOwnerOf<>), ServiceLifetime.Transient)
            // Building a validator costs as much as a request: one of each serves all.
            .AddEach(typeof(IValidator<>), ServiceLifetime.Singleton)
            .AddModules();
        AddVerbs(services);

        // The domain knows no configuration.
        services.AddOptions<PasswordPolicy>().BindConfiguration(PasswordPolicy.Section)
            .Validate(policy => policy.IsValid(), "PasswordPolicy: MinLength is 8 or more and not above MaxLength, which is 64 to 1000.")
            .ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<PasswordPolicy>>().Value);
        return services;
    }

    /// <summary>Every request type of the application.</summary>
    public static IEnumerable<Type> Requests() => Types.Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && RequestInterface(t) is not null);

    private static void AddVerbs(IServiceCollection services)
    {
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
