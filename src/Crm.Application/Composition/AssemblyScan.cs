using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crm.Application.Composition;

/// <summary>
/// Registers what it finds in one layer's assembly. A service that is registered already stays, so that whoever composes the system can
/// replace one beforehand.
/// </summary>
public sealed class AssemblyScan
{
    private static readonly MethodInfo Section = MethodOf(nameof(AddSection));
    private static readonly MethodInfo Module = MethodOf(nameof(AddModule));

    private readonly IServiceCollection _services;
    private readonly IReadOnlyList<Type> _types;

    internal AssemblyScan(IServiceCollection services, IEnumerable<Type> types)
    {
        _services = services;
        _types = [.. types.Where(type => type is { IsClass: true, ContainsGenericParameters: false }).OrderBy(type => type.FullName, StringComparer.Ordinal)];
    }

    private IEnumerable<Type> Concrete => _types.Where(type => !type.IsAbstract);

    /// <summary>Registers every options class with a <see cref="SectionAttribute"/>.</summary>
    public AssemblyScan AddSections()
    {
        foreach (var type in Concrete.Where(type => type.IsDefined(typeof(SectionAttribute))))
            Section.MakeGenericMethod(type).Invoke(null, [_services]);
        return this;
    }

    /// <summary>Registers every class with a <see cref="ServiceAttribute"/>.</summary>
    public AssemblyScan AddServices()
    {
        foreach (var type in Concrete)
        {
            if (type.GetCustomAttribute<ServiceAttribute>() is { } service)
                AddService(type, service);
        }

        return this;
    }

    /// <summary>Calls every <see cref="IModule"/>.</summary>
    public AssemblyScan AddModules()
    {
        foreach (var type in _types.Where(type => type.IsAssignableTo(typeof(IModule))))
            Module.MakeGenericMethod(type).Invoke(null, [_services]);
        return this;
    }

    /// <summary>Registers every implementation of an interface that has many.</summary>
    /// <param name="service">The interface; an open generic one stands for each that is made of it.</param>
    public AssemblyScan AddEach(Type service, ServiceLifetime lifetime)
    {
        foreach (var type in Concrete)
        {
            foreach (var implemented in type.GetInterfaces().Where(i => i == service || (i.IsGenericType && i.GetGenericTypeDefinition() == service)))
                _services.Add(new ServiceDescriptor(implemented, type, lifetime));
        }

        return this;
    }

    private void AddService(Type type, ServiceAttribute service)
    {
        var interfaces = service.OnlyAsItself ? [] : type.GetInterfaces().Where(IsService).ToArray();
        if (interfaces.Length == 1 && !service.AlsoAsItself)
        {
            _services.TryAdd(new ServiceDescriptor(interfaces[0], type, service.Lifetime));
            return;
        }

        _services.TryAdd(new ServiceDescriptor(type, type, service.Lifetime));
        foreach (var implemented in interfaces)
            _services.TryAdd(new ServiceDescriptor(implemented, provider => provider.GetRequiredService(type), service.Lifetime));
    }

    private static bool IsService(Type type) => type != typeof(IModule) && type.Assembly.GetName().Name!.StartsWith("Crm.", StringComparison.Ordinal);

    private static void AddSection<TOptions>(IServiceCollection services)
        where TOptions : class => services.AddSection<TOptions>();

    private static void AddModule<TModule>(IServiceCollection services)
        where TModule : IModule => TModule.Register(services);

    private static MethodInfo MethodOf(string name) => typeof(AssemblyScan).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}

/// <summary>Begins scans.</summary>
public static class AssemblyScans
{
    /// <summary>Scans an assembly, or those of its namespaces that are named and all within them.</summary>
    public static AssemblyScan Scan(this IServiceCollection services, Assembly assembly, params string[] namespaces) => new(
        services,
        assembly.GetTypes().Where(type => namespaces.Length == 0 || namespaces.Any(name => $"{type.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal))));

    /// <summary>Fills options from their section and checks their data annotations at the start; again, it changes nothing.</summary>
    public static OptionsBuilder<TOptions> AddSection<TOptions>(this IServiceCollection services)
        where TOptions : class
    {
        var options = services.AddOptions<TOptions>();
        return services.Any(service => service.ServiceType == typeof(IOptionsChangeTokenSource<TOptions>))
            ? options
            : options.BindConfiguration(typeof(TOptions).GetCustomAttribute<SectionAttribute>()!.Name).ValidateDataAnnotations().ValidateOnStart();
    }
}
