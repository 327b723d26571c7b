using Crm.Api.Tests.Cli;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Audit;

/// <summary>The log as its operator verifies it: by the executable, also after one was killed while it sealed.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private const string Insert = """
        INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
        SELECT id, gen_random_uuid(), 'company', gen_random_uuid(), 1, 'created', 'system', 'Test', '{}' FROM tenants
        """;

    private readonly string _home = TestCluster.NewHome();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _superuser = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _superuser = NpgsqlDataSource.Create(_database.SuperConnectionString);
        (await RunAsync("tenants", "create", "acme", "--name", "Acme")).ExitCode.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _superuser.DisposeAsync();
        await _database.DisposeAsync();
        if (Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task What_a_killed_system_had_sealed_stays_verifiable_heads_are_told_and_tampering_fails_the_command()
    {
        using (var crm = Start())
        {
            await crm.LineWithAsync("listens on");
            for (var i = 0; i < 50; i++)
                await ExecuteAsync(Insert);
            await Until.ShouldBe(() => ScalarAsync("SELECT count(*) FROM change_seals"), count => count > 0, TimeSpan.FromSeconds(30));
            await ExecuteAsync(Insert);
            await crm.SignalAsync("KILL");
        }

        var interrupted = await RunAsync("audit", "verify");
        interrupted.ExitCode.ShouldBe(0, interrupted.Output + interrupted.Errors);

        using (var again = Start())
        {
            await again.LineWithAsync("listens on");
            await Until.ShouldBe(
                () => ScalarAsync("SELECT sum(length(contents) / 40) - (SELECT count(*) FROM changes) FROM change_seals"), missing => missing == 0, TimeSpan.FromSeconds(30));

            // The host's log may still be leased to the killed process.
            await Until.ShouldBe(() => ScalarAsync("SELECT count(*) FROM host_seals"), count => count > 0, TimeSpan.FromSeconds(30));
            (await again.SignalAsync("TERM")).ShouldBe(0);
        }

        var head = (await RunAsync("audit", "head", "--tenant", "acme")).Output.Trim().Split('\t');
        head.ShouldSatisfyAllConditions(() => head[0].ShouldBe("acme"), () => head[2].Length.ShouldBe(64));
        (await RunAsync("audit", "head")).Output.Split('\n')[0].ShouldStartWith("(host)\t");
        (await RunAsync("audit", "verify", "--tenant", "acme", "--head", head[2])).Output.ShouldMatch(@"^ok      acme: \d+ seals, \d+ entries, 0 not sealed yet\s*$");

        await ExecuteAsync("DELETE FROM changes WHERE sequence = (SELECT max(sequence) FROM changes)");
        var found = await RunAsync("audit", "verify");
        found.ExitCode.ShouldBe(1);
        found.Output.ShouldContain("ok      (host)");
        found.Output.ShouldContain("FAILED  acme: the entry with sequence");
        (await RunAsync("audit", "verify", "--host")).ExitCode.ShouldBe(0);
        (await RunAsync("audit", "verify", "--tenant", "nobody")).ExitCode.ShouldBe(1);
    }

    private CrmProcess Start() => CrmProcess.Start(Environment(), "serve", "--urls", "http://127.0.0.1:0");

    private Task<CrmResult> RunAsync(params string[] arguments) => CrmProcess.RunAsync(Environment(), arguments);

    private Dictionary<string, string> Environment() => new()
    {
        ["CRM_HOME"] = _home,
        ["ConnectionStrings__Crm"] = _database.AppConnectionString,
        ["Audit__SealInterval"] = "00:00:00.100",
    };

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _superuser.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
    }
}
