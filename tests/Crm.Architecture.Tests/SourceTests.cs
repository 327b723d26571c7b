using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Crm.Architecture.Tests;

public sealed partial class SourceTests
{
    private static readonly IReadOnlyList<SourceFile> Source = SourceCode.Under("src");

    // Nothing lifts the tenant filter today; a file that does is named here with its reason.
    private static readonly string[] FilterLifters = [];

    /// <summary>A pattern that may not stand in code, and the files in which it may all the same.</summary>
    public static TheoryData<string, string, string[]> Forbidden { get; } = new()
    {
        { "the clock is not asked but through TimeProvider", @"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b", [] },
        { "nothing waits for a task but by await", @"\.Wait\(\)|\.GetAwaiter\(\)|Task\.WaitAll|Task\.WaitAny", [] },
        { "a task's result is taken by await", @"\w+(Async|Task)\([^()]*\)\.Result\b", [] },
        { "no thread sleeps", @"\bThread\.Sleep\b", [] },
        { "nothing runs unobserved", @"\basync void\b", [] },
        { "EF is not given SQL texts", @"\b(FromSql|ExecuteSql|SqlQuery)(Raw|Interpolated)?(Async)?\b", [] },
        { "there are no regions", @"#region", [] },
        { "classes say what they do", @"\b(class|record|interface) \w*(Manager|Helper|Helpers|Util|Utils)\b", [] },
        { "randomness is the system's", @"\bnew Random\b|\bRandom\.Shared\b", [] },
        { "output goes through the log or the answer", @"\bConsole\.Write", [] },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Code_keeps_the_house_s_rules(string rule, string pattern, string[] allowed)
    {
        var found = Source.Where(f => !allowed.Contains(f.Path)).SelectMany(f => f.Find(pattern));

        // The command line speaks to the console.
        found.Where(place => !(pattern.Contains("Console", StringComparison.Ordinal) && place.StartsWith("src/Crm.Api/Cli/", StringComparison.Ordinal))).ShouldBeEmpty(rule);
    }

    [Fact]
    public void The_tenant_filter_is_lifted_only_where_it_is_named() =>
        Source.Where(f => !FilterLifters.Contains(f.Path)).SelectMany(f => f.Find(@"\bIgnoreQueryFilters\b")).ShouldBeEmpty();

    [Fact]
    public void A_tenant_s_setting_is_never_a_session_s() =>
        Source.Where(f => Regex.IsMatch(f.Text, @"\bSET (SESSION )?app\.|set_config\('app\.tenant_id', [^)]*, false\)")).Select(f => f.Path).ShouldBeEmpty();

    [Fact]
    public void No_file_is_longer_than_its_size_allows()
    {
        var sizes = Source.Concat(SourceCode.Under("tests")).Select(f => (f.Path, f.Lines, Most: Most(f.Path)));

        sizes.Where(s => s.Lines > s.Most).Select(s => $"{s.Path} has {s.Lines} lines, at most {s.Most}").ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_to_be_done() =>
        Source.Concat(SourceCode.Under("tests")).Where(f => !f.Path.EndsWith("SourceTests.cs", StringComparison.Ordinal) && Regex.IsMatch(f.Text, @"\b(TODO|FIXME|HACK)\b")).Select(f => f.Path).ShouldBeEmpty();

    [Fact]
    public void The_repository_names_no_machine_and_holds_no_key()
    {
        var kept = SourceCode.Kept();

        kept.Count.ShouldBeGreaterThan(200);
        kept.SelectMany(f => Foreign().Matches(f.Text).Select(m => $"{f.Path}: {m.Value}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("var x = DateTime.Now; // DateTime.UtcNow", 1)]
    [InlineData("var x = \"DateTime.Now\";", 0)]
    [InlineData("/* DateTime.Now\n */ DateTime.Now", 1)]
    public void Comments_and_texts_are_not_taken_for_code(string text, int times) =>
        new SourceFile("x.cs", text).Find(@"\bDateTime\.Now\b").Count().ShouldBe(times);

    private static int Most(string path) => path switch
    {
        "src/Crm.Api/Program.cs" => 40,
        _ when path.StartsWith("src/Crm.Application/Messaging/Pipeline/", StringComparison.Ordinal) => 60,
        _ when path.StartsWith("src/Crm.Api/", StringComparison.Ordinal) && path.EndsWith("Endpoints.cs", StringComparison.Ordinal) => 120,
        _ when path.StartsWith("src/Crm.Application/", StringComparison.Ordinal) && UseCase().IsMatch(path) => 150,
        _ => 400,
    };

    // Feature folders hold use cases; what all record types share has its own folder.
    [GeneratedRegex(@"^src/Crm\.Application/(?!Records/)\w+/(Add|AggregateRecords|Cancel|Check|Create|Delete|Furnish|Get|List|Move|Query|Restore|Set|Sign|Update)\w*\.cs$")]
    private static partial Regex UseCase();

    // Paths of one machine, hosts that packages come from, and keys.
    [GeneratedRegex(@"(?<![\w.~/-])/(root|work|home/\w+)/[\w.]+|\b(api\.)?nuget\.(org|cn)\b|\bregistry\.(npmjs|yarnpkg)\.\w+|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}")]
    private static partial Regex Foreign();
}
