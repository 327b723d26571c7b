using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Cli;

public sealed class CommandLineTests : IAsyncLifetime
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

    [Theory]
    [InlineData("sell")]
    [InlineData("serve", "--demo")]
    [InlineData("serve", "--urls", "nonsense")]
    [InlineData("tenants")]
    [InlineData("audit", "verify", "--head", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("audit", "verify", "--host", "--head", "zz")]
    [InlineData("audit", "verify", "--host", "--head", "000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("tenants", "create", "acme")]
    [InlineData("users", "create-admin", "--email", "a@b.example", "--name", "A", "--password", "no")]
    public async Task What_is_not_understood_ends_with_2_and_says_why(params string[] arguments)
    {
        var result = await CrmProcess.RunAsync(Configured(), arguments);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Help_lists_every_verb()
    {
        var result = await CrmProcess.RunAsync(Configured(), "--help");

        result.ExitCode.ShouldBe(0);
        foreach (var verb in new[] { "serve", "migrate", "tenants", "users", "keys", "audit", "doctor" })
            result.Output.ShouldContain($"  {verb} ");
    }

    [Fact]
    public async Task Version_is_a_line() =>
        (await CrmProcess.RunAsync(Configured(), "--version")).Output.Trim().ShouldMatch(@"^\d+\.\d+\.\d+\S*$");

    [Fact]
    public async Task Tenants_are_created_listed_suspended_and_activated()
    {
        var created = await CrmProcess.RunAsync(Configured(), "tenants", "create", "acme", "--name", "Acme", "--currency", "EUR");
        created.ShouldSatisfyAllConditions(() => created.Errors.ShouldBe(""), () => created.ExitCode.ShouldBe(0));

        (await CrmProcess.RunAsync(Configured(), "tenants", "suspend", "acme")).Output.ShouldStartWith("acme\tsuspended\t");
        (await CrmProcess.RunAsync(Configured(), "tenants", "list")).Output.ShouldBe(created.Output.Replace("active", "suspended", StringComparison.Ordinal));
        (await CrmProcess.RunAsync(Configured(), "tenants", "activate", "acme")).Output.ShouldBe(created.Output);

        Fails(await CrmProcess.RunAsync(Configured(), "tenants", "create", "acme", "--name", "Again"), "acme");
        Fails(await CrmProcess.RunAsync(Configured(), "tenants", "suspend", "nobody"), "no such tenant");
    }

    [Fact]
    public async Task Tenants_are_changed_deleted_restored_and_measured()
    {
        await CrmProcess.RunAsync(Configured(), "tenants", "create", "before", "--name", "Before");

        var updated = await CrmProcess.RunAsync(Configured(), "tenants", "update", "before", "--identifier", "after", "--name", "After", "--currency", "EUR", "--plan", "standard");
        updated.ShouldSatisfyAllConditions(() => updated.Errors.ShouldBe(""), () => updated.Output.ShouldStartWith("after\tactive\t"), () => updated.Output.ShouldEndWith("\tAfter\n"));
        (await CrmProcess.RunAsync(Configured(), "tenants", "update", "after")).Output.ShouldBe(updated.Output);
        (await CrmProcess.RunAsync(Configured(), "tenants", "usage", "after")).Output.ShouldBe("users\t0\t0\ncompany\t0\t0\ncontact\t0\t0\ndeal\t0\t0\nproduct\t0\t0\nstorageBytes\t0\n");
        (await CrmProcess.RunAsync(Configured(), "tenants", "delete", "after")).Output.ShouldStartWith("after\tdeleting\t");
        Fails(await CrmProcess.RunAsync(Configured(), "tenants", "update", "after", "--name", "X"), "being deleted");
        (await CrmProcess.RunAsync(Configured(), "tenants", "restore", "after")).Output.ShouldBe(updated.Output);
    }

    [Fact]
    public async Task A_new_signing_key_is_added_once_and_told_with_its_time()
    {
        var rotated = await CrmProcess.RunAsync(Configured(), "keys", "rotate");
        rotated.ShouldSatisfyAllConditions(() => rotated.Errors.ShouldBe(""), () => rotated.ExitCode.ShouldBe(0));

        rotated.Output.ShouldMatch(@"^[\w-]{43}\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t\d{8}T\d{6}Z-[0-9a-f]{8}\.pem\n$");
        Directory.GetFiles(Path.Combine(_home, "signing-keys")).Select(Path.GetFileName).Order().ShouldBe(["0000-first.pem", rotated.Output.Trim().Split('\t')[2]]);
        Fails(await CrmProcess.RunAsync(Configured(), "keys", "rotate"), "waiting for its time");
    }

    [Fact]
    public async Task A_new_pepper_is_added_beside_the_first()
    {
        var rotated = await CrmProcess.RunAsync(Configured(), "keys", "rotate-pepper");
        rotated.ShouldSatisfyAllConditions(() => rotated.Errors.ShouldBe(""), () => rotated.ExitCode.ShouldBe(0));

        rotated.Output.ShouldMatch(@"^[0-9a-f]{16}\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t\d{8}T\d{6}Z-[0-9a-f]{8}\.pepper\n$");
        Directory.GetFiles(Path.Combine(_home, "api-key-peppers")).Select(Path.GetFileName).Order().ShouldBe(["0000-first.pepper", rotated.Output.Trim().Split('\t')[2]]);
    }

    [Fact]
    public async Task An_admin_s_password_comes_from_the_environment_and_never_from_nowhere()
    {
        string[] command = ["users", "create-admin", "--email", "ann@acme.example", "--name", "Ann"];

        Fails(await CrmProcess.RunAsync(Configured(), command), "CRM_PASSWORD");
        var created = await CrmProcess.RunAsync(Configured(("CRM_PASSWORD", $"Aa1!{Guid.NewGuid():N}")), command);
        created.ShouldSatisfyAllConditions(() => created.Errors.ShouldBe(""), () => created.ExitCode.ShouldBe(0));
        created.Output.ShouldStartWith("ann@acme.example\t");
    }

    [Fact]
    public async Task Migrating_takes_the_owner_and_is_safe_to_repeat()
    {
        Fails(await CrmProcess.RunAsync(Configured(), "migrate"), "ConnectionStrings__CrmOwner");

        var migrated = await CrmProcess.RunAsync(Configured(("ConnectionStrings__CrmOwner", _database.OwnerConnectionString)), "migrate");
        migrated.ExitCode.ShouldBe(0);
        migrated.Output.ShouldBe("The schema is up to date.\n");
    }

    [Fact]
    public async Task Serving_as_a_superuser_is_refused_in_one_sentence() =>
        Fails(await CrmProcess.RunAsync(Configured(("ConnectionStrings__Crm", _database.SuperConnectionString)), "serve", "--urls", "http://127.0.0.1:0"), "superuser");

    [Theory]
    [InlineData("Cursors__Key", "c2hvcnQ=")]
    [InlineData("AccessTokens__Lifetime", "2.00:00:00")]
    [InlineData("Jobs__Concurrency", "many")]
    [InlineData("Mail__InvitationUrl", "https://app.acme.example/without-a-place-for-the-secret")]
    public async Task A_setting_that_cannot_be_is_said_in_one_sentence(string name, string value) =>
        Fails(await CrmProcess.RunAsync(Configured((name, value)), "serve", "--urls", "http://127.0.0.1:0"), name.Split("__")[1]);

    [Theory]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:5443")]
    [InlineData("http://192.0.2.1:5080")]
    public async Task An_address_that_cannot_be_listened_on_is_said_in_one_sentence(string url)
    {
        Fails(await CrmProcess.RunAsync(Configured(("ASPNETCORE_URLS", url)), "serve"), url);
    }

    [Fact]
    public async Task A_port_in_use_is_said_in_one_sentence()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        Fails(await CrmProcess.RunAsync(Configured(), "serve", "--urls", url), url);
    }

    [Fact]
    public async Task The_doctor_names_what_is_wrong_and_only_that()
    {
        var well = await DoctorAsync(("Storage__Folder", Path.Combine(_home, "files")));
        well.ExitCode.ShouldBe(0, well.Output);
        var lines = well.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldAllBe(line => line.StartsWith("ok ", StringComparison.Ordinal));
        lines.Count(line => line.StartsWith("ok      disk: ", StringComparison.Ordinal)).ShouldBe(2);
        lines.ShouldContain("ok      settings and keys: a start is not refused for them");

        await FaultAsync("owns objects", ("ConnectionStrings__Crm", _database.OwnerConnectionString));
        await FaultAsync("There is no key to encrypt secrets with", ("Encryption__Keys", ""));
        await FaultAsync("Encryption__Keys does not hold keys", ("Encryption__Keys", "c2hvcnQ="));
        await FaultAsync("Cursors__Key is not a key", ("Cursors__Key", "short"));
    }

    [Fact]
    public async Task The_doctor_looks_at_every_address_that_is_configured()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        const string free = "http://127.0.0.1:0";
        (string, string)[] endpoints = [("Kestrel__Endpoints__inside__Url", free), ("Kestrel__Endpoints__outside__Url", taken)];

        foreach (var settings in new[] { [("ASPNETCORE_URLS", $"{free};{taken}")], endpoints, [.. endpoints, ("ASPNETCORE_URLS", "http://127.0.0.1:1")] })
        {
            var told = await CrmProcess.RunAsync(Configured(settings), "doctor");
            told.ExitCode.ShouldBe(1, told.Output + told.Errors);
            told.Output.Split('\n').Where(line => line.Contains(" port: ", StringComparison.Ordinal)).ShouldBe(
                [$"ok      port: {free} is free", $"FAILED  port: Another program listens on {taken} already: stop it, or choose another address with --urls, such as --urls http://127.0.0.1:5081."]);
        }

        (await CrmProcess.RunAsync(Configured(endpoints), "doctor", "--urls", free)).ExitCode.ShouldBe(0);
        Fails(await CrmProcess.RunAsync(Configured(endpoints), "serve"), taken);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Serving_without_configuration_makes_a_database_answers_and_stops_it_on_a_signal(string signal)
    {
        using var crm = CrmProcess.Start(new Dictionary<string, string> { ["CRM_HOME"] = _home }, "--no-demo", "--urls", "http://127.0.0.1:0");
        var url = (await crm.LineWithAsync("listens on")).Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd(';');
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(url + "/.well-known/jwks.json"), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        (await crm.SignalAsync(signal)).ShouldBe(0);
        File.Exists(Path.Combine(_home, "postgres", "data", "postmaster.pid")).ShouldBeFalse();
    }

    [Fact]
    public async Task On_a_configured_server_it_warns_of_secrets_that_other_nodes_would_not_know()
    {
        using (var alone = CrmProcess.Start(Configured(), "--urls", "http://127.0.0.1:0"))
        {
            (await alone.LineWithAsync("Cursors:Key")).ShouldContain("other nodes do not know");
            await alone.LineWithAsync("AccessTokens:KeyFolder");
            await alone.LineWithAsync("Audit:SealKey");
            await alone.LineWithAsync("ApiKeys:PepperFolder");
            await alone.LineWithAsync("listens on");
            (await alone.SignalAsync("TERM")).ShouldBe(0);
        }

        var key = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        (string, string)[] settings =
            [("Cursors__Key", key), ("Audit__SealKey", key), ("AccessTokens__KeyFolder", Path.Combine(_home, "shared-keys")), ("ApiKeys__PepperFolder", Path.Combine(_home, "shared-peppers"))];
        using var shared = CrmProcess.Start(Configured(settings), "--urls", "http://127.0.0.1:0");
        (await shared.LinesUntilAsync("listens on")).ShouldNotContain(line => line.Contains("other nodes do not know", StringComparison.Ordinal));
        (await shared.SignalAsync("TERM")).ShouldBe(0);
    }

    private Task<CrmResult> DoctorAsync(params (string Name, string Value)[] settings) => CrmProcess.RunAsync(Configured(settings), "doctor", "--urls", "http://127.0.0.1:0");

    private async Task FaultAsync(string saying, params (string Name, string Value)[] settings)
    {
        var ill = await DoctorAsync(settings);
        ill.ExitCode.ShouldBe(1);
        ill.Output.Split('\n').Where(line => line.StartsWith("FAILED", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain(saying);
    }

    private static void Fails(CrmResult result, string saying)
    {
        result.ExitCode.ShouldBe(1);
        result.Errors.Trim().ShouldNotContain("\n");
        result.Errors.ShouldContain(saying);
    }

    private Dictionary<string, string> Configured(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string> { ["CRM_HOME"] = _home, ["ConnectionStrings__Crm"] = _database.AppConnectionString };
        foreach (var (name, value) in more)
            environment[name] = value;
        return environment;
    }
}
