using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.Composition;

/// <summary>The section of the configuration that fills an options class; its data annotations are checked at the start.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SectionAttribute(string name) : Attribute
{
    /// <summary>The name, such as <c>Mail</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// A class that others can inject. It is registered as the one interface of the CRM that it implements; without one, as itself; with
/// several, as itself and, the same object, as each of them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class ServiceAttribute(ServiceLifetime lifetime) : Attribute
{
    /// <summary>How long an object lives.</summary>
    public ServiceLifetime Lifetime { get; } = lifetime;

    /// <summary>Whether others inject the class as well as its interface, and get the same object.</summary>
    public bool AlsoAsItself { get; init; }

    /// <summary>Whether others inject the class alone: what implements its interface is decided by a module.</summary>
    public bool OnlyAsItself { get; init; }
}

/// <summary>One object for the whole process.</summary>
public sealed class SingletonAttribute() : ServiceAttribute(ServiceLifetime.Singleton);

/// <summary>One object for a request, a job or a command.</summary>
public sealed class ScopedAttribute() : ServiceAttribute(ServiceLifetime.Scoped);

/// <summary>An object for each that injects it.</summary>
public sealed class TransientAttribute() : ServiceAttribute(ServiceLifetime.Transient);

/// <summary>A class that registers what no convention can say; a scan calls it.</summary>
public interface IModule
{
    /// <summary>Registers it.</summary>
    static abstract void Register(IServiceCollection services);
}
