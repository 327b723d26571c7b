using System.Security.Cryptography;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

/// <summary>What a start on a configured server demands of its key, and how the operator meets it.</summary>
public sealed class EncryptionKeyTests : IAsyncLifetime
{
    private readonly string _home = TestCluster.NewHome();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        if (Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task A_start_for_production_without_a_key_is_refused_until_one_is_made()
    {
        await RefusedAsync("no key", Of(), "crm secrets rotate-kek");
        Directory.Exists(Path.Combine(_home, "keys")).ShouldBeFalse();

        var made = await CrmProcess.RunAsync(Of(), "secrets", "rotate-kek");
        made.ShouldSatisfyAllConditions(() => made.Errors.ShouldBe(""), () => made.ExitCode.ShouldBe(0));
        var file = Directory.GetFiles(Path.Combine(_home, "keys")).ShouldHaveSingleItem();
        made.Output.ShouldMatch($@"^key-encryption key [0-9a-f]{{16}} in {Path.GetFileName(file)}\n0 data keys");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ServesAsync(Of());

        // Without the key that wraps, another one will not do.
        File.Delete(file);
        await RefusedAsync("no key at all", Of(), "missing");
        await RefusedAsync("a wrong key", Of(("Encryption__Keys", NewKey())), "missing");
    }

    [Fact]
    public async Task A_development_key_will_not_do_for_production_until_it_was_gone_over_from()
    {
        await ServesAsync(Of(("ASPNETCORE_ENVIRONMENT", "Development")));
        File.Exists(Path.Combine(_home, "keys", "development.key")).ShouldBeTrue();

        await RefusedAsync("a development key", Of(), "will not do for production");

        (await CrmProcess.RunAsync(Of(), "secrets", "rotate-kek")).ExitCode.ShouldBe(0);
        await ServesAsync(Of());
    }

    [Fact]
    public async Task Given_keys_are_gone_over_to_one_by_one()
    {
        var (first, second) = (NewKey(), NewKey());
        await RefusedAsync("no key", Of(("Encryption__Keys", "c2hvcnQ=")), "Encryption__Keys");
        (await CrmProcess.RunAsync(Of(("Encryption__Keys", first)), "secrets", "rotate-kek")).ExitCode.ShouldBe(0);

        Fails(await CrmProcess.RunAsync(Of(("Encryption__Keys", first)), "secrets", "rotate-kek"), "none of them is new");
        (await CrmProcess.RunAsync(Of(("Encryption__Keys", $"{first}, {second}")), "secrets", "rotate-kek")).ExitCode.ShouldBe(0);

        // Nothing is wrapped with the first any more, so it need not be given.
        await ServesAsync(Of(("Encryption__Keys", second)));
        await RefusedAsync("the first alone", Of(("Encryption__Keys", first)), "missing");
    }

    [Fact]
    public async Task One_or_all_tenants_are_to_be_named()
    {
        (await CrmProcess.RunAsync(Of(), "secrets", "rotate-dek")).ExitCode.ShouldBe(2);
        (await CrmProcess.RunAsync(Of(), "secrets", "rotate-dek", "--all", "--tenant", "acme")).ExitCode.ShouldBe(2);
        (await CrmProcess.RunAsync(Of(), "secrets", "rotate-dek", "--all")).Output.ShouldBe("0 secrets encrypted anew, 0 unreadable\n");
        (await CrmProcess.RunAsync(Of(), "secrets", "encrypt")).Output.ShouldBe("0 secrets encrypted, 0 unreadable\n");
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static async Task ServesAsync(Dictionary<string, string> environment)
    {
        using var crm = CrmProcess.Start(environment, "serve", "--urls", "http://127.0.0.1:0");
        await crm.LineWithAsync("listens on");
        (await crm.SignalAsync("TERM")).ShouldBe(0);
    }

    private static async Task RefusedAsync(string what, Dictionary<string, string> environment, string saying) =>
        Fails(await CrmProcess.RunAsync(environment, "serve", "--urls", "http://127.0.0.1:0"), saying, what);

    private static void Fails(CrmResult result, string saying, string? what = null)
    {
        result.ExitCode.ShouldBe(1, what);
        result.Errors.Trim().ShouldNotContain("\n");
        result.Errors.ShouldContain(saying);
    }

    private Dictionary<string, string> Of(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string> { ["CRM_HOME"] = _home, ["ConnectionStrings__Crm"] = _database.AppConnectionString, ["Encryption__Keys"] = "", ["Encryption__KeyActivationDelay"] = "00:00:00" };
        foreach (var (name, value) in more)
            environment[name] = value;
        return environment;
    }
}
