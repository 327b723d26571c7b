using System.Reflection;
using Crm.Api.Hosting;
using Crm.Application;
using Crm.Domain.Common;
using Crm.Infrastructure;
using FluentValidation;
using MediatR;
using Shouldly;
using Xunit;

namespace Crm.Architecture.Tests;

public sealed class LayerTests
{
    private static readonly Assembly Domain = typeof(Entity).Assembly;
    private static readonly Assembly Application = typeof(ApplicationServices).Assembly;
    private static readonly Assembly Infrastructure = typeof(InfrastructureServices).Assembly;
    private static readonly Assembly Api = typeof(CrmApi).Assembly;

    [Fact]
    public void The_domain_refers_to_nothing() =>
        References(Domain).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void The_application_knows_no_database_no_cache_server_and_no_HTTP() =>
        References(Application).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)).ShouldBe(
            ["Crm.Domain", "CsvHelper", "FluentValidation", "MediatR", "Microsoft.EntityFrameworkCore"], ignoreOrder: true);

    [Fact]
    public void Infrastructure_does_not_know_the_API() => References(Infrastructure).ShouldNotContain(Api.GetName().Name!);

    [Fact]
    public void The_API_names_infrastructure_only_where_it_composes() =>
        SourceCode.Under("src/Crm.Api").Where(f => !f.Path.StartsWith("src/Crm.Api/Hosting/", StringComparison.Ordinal) && !f.Path.StartsWith("src/Crm.Api/Cli/", StringComparison.Ordinal))
            .SelectMany(f => f.Find(@"\bCrm\.Infrastructure\b|\bNpgsql\b")).ShouldBeEmpty();

    [Fact]
    public void Handlers_and_validators_are_internal_and_sealed()
    {
        var found = Application.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.GetInterfaces().Any(i => i.IsGenericType
            && (i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>) || i.GetGenericTypeDefinition() == typeof(IValidator<>)))).ToList();

        found.Count.ShouldBeGreaterThan(20);
        found.Where(t => t.IsVisible || !t.IsSealed).Select(t => t.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void What_waits_can_be_cancelled()
    {
        var methods = new[] { Application, Infrastructure }.SelectMany(a => a.GetTypes()).Where(t => t.IsVisible)
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsSpecialName && IsAwaited(m.ReturnType) && !Uncancellable.Contains(m.Name) && !m.GetParameters().Any(p => p.ParameterType == typeof(CancellationToken)));

        methods.Select(m => $"{m.DeclaringType!.FullName}.{m.Name}").ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_outside_of_the_API_s_composition_is_public_in_it() =>
        Api.GetExportedTypes().Where(t => t.Namespace is { } space && !space.StartsWith("Crm.Api.Hosting", StringComparison.Ordinal) && !space.StartsWith("Crm.Api.Cli", StringComparison.Ordinal))
            .Where(t => !(t.IsAbstract && t.IsSealed)).Select(t => t.FullName).ShouldBeEmpty();

    // Ends what must end whatever else happens, or follows a vocabulary that is not ours.
    private static readonly string[] Uncancellable = ["DisposeAsync", "RollbackAsync", "GetIdentifierAsync", "GetIdentifiersAsync"];

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name is not ("netstandard" or "mscorlib"));

    private static bool IsAwaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));
}
