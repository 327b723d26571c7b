using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Crm.Infrastructure;
using Shouldly;
using Xunit;

namespace Crm.Architecture.Tests;

/// <summary>What a client sends becomes a parameter of a statement and never its text: the compiler sees to it.</summary>
public sealed class SqlTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    // The seam; what works as the database's owner, before there is a schema; and the private cluster, which is another program's concern.
    private static readonly string[] Seam =
    [
        "src/Crm.Infrastructure/Persistence/Sql.cs",
        "src/Crm.Infrastructure/Persistence/HostSession.cs",
        "src/Crm.Infrastructure/Persistence/TenantSession.cs",
        "src/Crm.Infrastructure/Persistence/TenantSetting.cs",
        "src/Crm.Infrastructure/Persistence/DatabaseBootstrap.cs",
        "src/Crm.Infrastructure/Persistence/DatabaseChecks.cs",
        "src/Crm.Infrastructure/Persistence/DatabaseMigrator.cs",
        "src/Crm.Embedded/",
    ];

    // These number their parameters by hand still.
    private static readonly string[] Remaining =
    [
        "src/Crm.Infrastructure/Persistence/SqlStatement.cs",
    ];

    private static readonly Assembly Infrastructure = typeof(InfrastructureServices).Assembly;
    private static readonly Type Sql = Infrastructure.GetType("Crm.Infrastructure.Persistence.Sql", throwOnError: true)!;
    private static readonly Type Handler = Sql.GetNestedType("SqlHandler", All)!;
    private static readonly Type Identifier = Infrastructure.GetType("Crm.Infrastructure.Persistence.Identifier", throwOnError: true)!;

    [Fact]
    public void No_hole_of_a_statement_takes_a_text()
    {
        var holes = Handler.GetMethods(All).Where(method => method.Name == "AppendFormatted").ToList();

        holes.Count.ShouldBeGreaterThan(10);
        holes.Where(method => method.IsGenericMethod).ShouldBeEmpty("a generic hole takes everything");
        holes.Select(method => method.GetParameters()[0].ParameterType).Where(TakesText).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_else_makes_SQL_of_a_text_unless_it_is_a_constant()
    {
        var makers = Sql.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == Sql)
            .SelectMany(method => method.GetParameters())
            .Where(parameter => TakesText(parameter.ParameterType) && parameter.GetCustomAttribute<ConstantExpectedAttribute>() is null);

        makers.Select(parameter => $"{parameter.Member.Name}({parameter.Name})").ShouldBeEmpty();
        Sql.GetConstructors(All).ShouldAllBe(constructor => constructor.IsPrivate);
    }

    [Theory]
    [InlineData("contacts", true)]
    [InlineData("r.owner_id", true)]
    [InlineData("", false)]
    [InlineData("id; DROP TABLE contacts", false)]
    [InlineData("id'", false)]
    [InlineData("\"id\"", false)]
    [InlineData("id -- ", false)]
    [InlineData("id\n", false)]
    [InlineData("1", false)]
    public void An_identifier_is_a_name_and_nothing_else(string name, bool isOne)
    {
        void Make() => Activator.CreateInstance(Identifier, name);

        if (isOne)
            Make();
        else
            Should.Throw<TargetInvocationException>(Make).InnerException.ShouldBeOfType<ArgumentException>();
    }

    [Fact]
    public void Commands_are_made_of_texts_only_in_the_seam()
    {
        const string Makes = @"\bnew Npgsql(Command|BatchCommand|Batch)\b|\bCreate(Command|Batch)\b|\bCommandText\b|\bBatchCommands\b"
            + @"|\bSqlHandler\b";
        var places = SourceCode.Under("src").Where(file => file.Find(Makes).Any()).Select(file => file.Path).ToList();

        places.Count.ShouldBeGreaterThan(5, "the search must find what is there");
        places.Where(path => !Seam.Concat(Remaining).Any(place => path.StartsWith(place, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static bool TakesText(Type type) =>
        type.IsAssignableFrom(typeof(string)) || type == typeof(ReadOnlySpan<char>) || type == typeof(FormattableString)
        || type.GetMethods(BindingFlags.Public | BindingFlags.Static).Any(method =>
            method.Name == "op_Implicit" && method.ReturnType == type && method.GetParameters()[0].ParameterType.IsAssignableFrom(typeof(string)));
}
