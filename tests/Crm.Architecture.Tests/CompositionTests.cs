using System.Reflection;
using Crm.Api.Hosting;
using Crm.Application;
using Crm.Application.Composition;
using Crm.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Architecture.Tests;

public sealed class CompositionTests
{
    // The command line fills these with the keys of the installation.
    private static readonly string[] FilledByTheCommandLine = ["CursorOptions", "CsrfOptions", "DevelopmentKeyOptions"];

    private static readonly Assembly[] Layers = [typeof(ApplicationServices).Assembly, typeof(InfrastructureServices).Assembly, typeof(CrmApi).Assembly];

    private static IEnumerable<Type> Classes => Layers.SelectMany(layer => layer.GetTypes()).Where(type => type.IsClass);

    [Theory]
    [InlineData("ITenantSession", "Scoped")]
    [InlineData("TenantSession", "Scoped")]
    [InlineData("IChangeLog", "Scoped")]
    [InlineData("RequestOrigin", "Scoped")]
    [InlineData("ClientDevice", "Scoped")]
    [InlineData("Caller", "Scoped")]
    [InlineData("ISecurityLog", "Scoped")]
    [InlineData("ISessions", "Scoped")]
    [InlineData("IRefreshTokens", "Scoped")]
    [InlineData("IProviderKeys", "Scoped")]
    [InlineData("IJobStore", "Scoped")]
    [InlineData("IImportTarget", "Scoped")]
    [InlineData("ImportRunner", "Scoped")]
    [InlineData("ICaller", "Transient")]
    [InlineData("IRecordStore", "Transient")]
    [InlineData("RecordModel", "Singleton")]
    [InlineData("ICache", "Singleton")]
    [InlineData("IPasswords", "Singleton")]
    [InlineData("IAccessTokens", "Singleton")]
    [InlineData("IAccessReader", "Singleton")]
    [InlineData("ILockoutCounter", "Singleton")]
    [InlineData("IKeyRing", "Singleton")]
    [InlineData("IApiKeyAccess", "Singleton")]
    [InlineData("IRateLimiter", "Singleton")]
    [InlineData("ITenantResolver", "Singleton")]
    [InlineData("IJobWorker", "Singleton")]
    [InlineData("JobTypes", "Singleton")]
    [InlineData("SealReader", "Singleton")]
    [InlineData("ILogSignal", "Singleton")]
    [InlineData("ICredential", "Singleton")]
    [InlineData("SessionCookies", "Singleton")]
    [InlineData("IHostedService", "Singleton")]
    [InlineData("IValidator`1", "Singleton")]
    [InlineData("IRequestHandler`2", "Transient")]
    public void Services_live_as_long_as_they_should(string service, string lifetime)
    {
        var registered = Services(redis: true).Where(found => found.ServiceType.Name == service).ToList();

        registered.ShouldNotBeEmpty();
        registered.ShouldAllBe(found => found.Lifetime.ToString() == lifetime);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Everything_that_is_injected_is_registered_and_nothing_outlives_what_it_holds(bool redis)
    {
        var services = Services(redis);

        Should.NotThrow(() => services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }).Dispose());
    }

    [Fact]
    public void No_two_classes_are_marked_as_the_same_service()
    {
        var marked = Classes.Where(type => type.GetCustomAttribute<ServiceAttribute>() is { OnlyAsItself: false });

        marked.SelectMany(type => type.GetInterfaces().Where(i => i != typeof(IModule) && i.Assembly.GetName().Name!.StartsWith("Crm.", StringComparison.Ordinal)))
            .GroupBy(service => service).Where(group => group.Count() > 1).Select(group => group.Key.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void Marks_are_put_where_a_scan_finds_them()
    {
        var marked = Classes.Where(type => type.IsDefined(typeof(ServiceAttribute)) || type.IsDefined(typeof(SectionAttribute))).ToList();

        marked.Count.ShouldBeGreaterThan(90);
        marked.Where(type => type.IsAbstract || type.ContainsGenericParameters).Select(type => type.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void Every_section_of_the_configuration_fills_one_class()
    {
        var sections = Classes.Select(type => type.GetCustomAttribute<SectionAttribute>()?.Name).OfType<string>().ToList();

        sections.ShouldBeUnique();
    }

    [Fact]
    public void All_options_that_are_injected_are_filled()
    {
        var services = Services(redis: true);
        var injected = Classes.SelectMany(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType))
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOptions<>))
            .Distinct().Select(type => type.GetGenericArguments()[0]).Where(options => Layers.Contains(options.Assembly)).ToList();

        injected.Count.ShouldBeGreaterThan(10);
        injected.Where(options => !FilledByTheCommandLine.Contains(options.Name))
            .Where(options => services.All(service => service.ServiceType != typeof(IConfigureOptions<>).MakeGenericType(options)))
            .Select(options => options.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void A_service_that_was_registered_before_is_not_replaced()
    {
        var before = new object();
        IServiceCollection services = new ServiceCollection();
        var service = Classes.Single(type => type.Name == "LocalKeyRing").GetInterfaces().Single(i => i.Name == "IKeyRing");
        services.AddSingleton(service, _ => before);

        services.AddFeatures("Secrets");

        services.Where(found => found.ServiceType == service).ShouldHaveSingleItem().ImplementationFactory.ShouldNotBeNull();
    }

    private static IServiceCollection Services(bool redis)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(redis ? [KeyValuePair.Create("ConnectionStrings:Redis", (string?)"localhost")] : []);
        return builder.AddCrm("Host=localhost").Services;
    }
}
