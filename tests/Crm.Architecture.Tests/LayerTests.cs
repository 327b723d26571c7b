using System.ComponentModel;
using System.Reflection;
using Crm.Api.Hosting;
using Crm.Application;
using Crm.Domain.Common;
using Crm.Embedded;
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
    private static readonly Assembly Embedded = typeof(PrivateCluster).Assembly;
    private static readonly Assembly Api = typeof(CrmApi).Assembly;

    // The only parts of the API that may name what they compose.
    private static readonly string[] Composing = ["Crm.Api.Hosting.", "Crm.Api.Cli.", ".Program"];

    [Fact]
    public void The_domain_refers_to_nothing() =>
        References(Domain).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void The_application_knows_no_database_no_cache_server_and_no_HTTP() =>
        References(Application).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)).ShouldBe(
            ["Crm.Domain", "CsvHelper", "FluentValidation", "MediatR", "Microsoft.EntityFrameworkCore"], ignoreOrder: true);

    [Fact]
    public void Infrastructure_knows_neither_the_API_nor_HTTP_nor_the_private_cluster() =>
        References(Infrastructure).Where(IsHttp).Concat(References(Infrastructure).Intersect(["crm", "Crm.Embedded"])).ShouldBeEmpty();

    [Fact]
    public void The_private_cluster_and_the_demo_know_neither_the_API_nor_HTTP() =>
        References(Embedded).Where(name => name == "crm" || IsHttp(name)).ShouldBeEmpty();

    [Fact]
    public void The_API_uses_infrastructure_only_where_it_composes()
    {
        var uses = CompiledReferences.Of(Api)
            .Where(use => use.Assembly is "Crm.Infrastructure" or "Crm.Embedded" or "Npgsql" or "StackExchange.Redis").ToList();

        uses.Count.ShouldBeGreaterThan(20, "the search must find what is there");
        uses.Where(use => !Composing.Any(space => use.From.StartsWith(space, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Uses_are_found_in_signatures_attributes_generic_arguments_and_bodies()
    {
        var uses = CompiledReferences.Of(typeof(LayerTests).Assembly)
            .Where(use => use.From == typeof(UsesOfTypes).FullName).Select(use => use.To).ToList();

        uses.ShouldContain(typeof(Entity).FullName!);
        uses.ShouldContain(typeof(IRequest<>).FullName!);
        uses.ShouldContain(typeof(NotFoundException).FullName!);
        uses.ShouldContain(typeof(CrmApi).FullName!);
        uses.ShouldContain(typeof(DescriptionAttribute).FullName!);
    }

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

    private static bool IsHttp(string assembly) => assembly.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal);

    private static bool IsAwaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));
}

// Uses types of other assemblies in each way in which one can be used.
internal abstract class UsesOfTypes
{
    private readonly List<IRequest<Entity>> _requests = [];

    [Description("It is read, not run.")]
    internal int Use()
    {
        try
        {
            return _requests.Count + CrmApi.LongestFarewell.Seconds;
        }
        catch (NotFoundException)
        {
            return 0;
        }
    }
}
