using System.Security.Cryptography;
using Crm.Benchmarks.Data;
using Crm.Benchmarks.Hosting;
using Crm.Benchmarks.Load;
using Crm.Benchmarks.Micro;
using Crm.Benchmarks.Reference;
using Crm.Benchmarks.Reporting;
using Npgsql;

namespace Crm.Benchmarks;

/// <summary>The verbs of the command line.</summary>
internal static class Verbs
{
    public const string Usage = """
        all        [--self] [--server CONNECTION] and what prepare and load take; each server in a process of its own
        prepare    --server CONNECTION [--tenants 20] [--contacts 10000] [--companies 500] [--deals 5000]
        reference  --url URL                       connects with CRM_BENCH_CONNECTION, ends when its standard input does
        api-host   --url URL                       the same for the API, whose log goes to the file CRM_BENCH_LOG
        load       --server CONNECTION --reference URL --candidate URL [--self] [--scenarios get,page,…] [--import-rows 5000]
                   [--connections 16] [--rounds 10] [--seconds 2] [--warm-up 10] [--report FILE]
        refusals   [--attempts 200]                how long a refused sign-in takes: unknown address, wrong password, locked account
        micro      code paths of every request, without network or database
        --self compares the reference with itself: what then differs from 1 is noise.
        CONNECTION is a superuser's of a server that the benchmark has for itself. Passwords come from CRM_BENCH_PASSWORD.
        """;

    private const string PasswordVariable = "CRM_BENCH_PASSWORD";
    private const string LogVariable = "CRM_BENCH_LOG";
    private const string ConnectionVariable = "CRM_BENCH_CONNECTION";

    private static readonly Uri FirstUrl = new("http://127.0.0.1:5181");
    private static readonly Uri SecondUrl = new("http://127.0.0.1:5191");

    /// <summary>Carries out a command line.</summary>
    /// <exception cref="UsageException">There is no such verb, or it is used wrongly.</exception>
    public static Task RunAsync(string[] args, CancellationTokenSource stop)
    {
        var options = new Options(args.AsSpan(Math.Min(1, args.Length)));
        switch (args.FirstOrDefault())
        {
            case "all":
                return AllAsync(options, stop.Token);
            case "prepare":
                return new BenchDatabase(Server(options)).PrepareAsync(BenchSize.From(options), stop.Token);
            case "load":
                return LoadAsync(options, Server(options), new Uri(options.Text("reference")), new Uri(options.Text("candidate")), stop.Token);
            case "reference":
                ServerProcess.StopWithParent(stop);
                return ReferenceServer.RunAsync(new Uri(options.Text("url")), Variable(ConnectionVariable), stop.Token);
            case "refusals":
                return RefusalsAsync(options.Number("attempts", 200, 5, 10_000), stop.Token);
            case "micro":
                CodePaths.Run();
                return Task.CompletedTask;
            case "api-host":
                ServerProcess.StopWithParent(stop);
                return ApiServer.RunAsync(new Uri(options.Text("url")), Variable(ConnectionVariable), Variable(LogVariable), stop.Token);
            default:
                throw new UsageException("Verbs:");
        }
    }

    private static async Task AllAsync(Options options, CancellationToken cancellationToken)
    {
        if (options.Has("self") && options.Has("report"))
            throw new UsageException("The document holds the API's numbers; --self and --report exclude each other.");
        if (options.Has("report"))
            await Report.ReadAsync(options.Text("report"), cancellationToken);

        var folder = Directory.CreateTempSubdirectory("crm-bench-").FullName;
        try
        {
            await using var cluster = options.Has("server") ? null : await BenchCluster.StartAsync(cancellationToken);
            var server = new BenchServer(cluster?.Admin ?? options.Text("server"), RandomNumberGenerator.GetHexString(32) + "aA1!");
            await Console.Out.WriteLineAsync("Preparing the data …");
            await new BenchDatabase(server).PrepareAsync(BenchSize.From(options), cancellationToken);

            using var http = new HttpClient();
            var asReference = new Dictionary<string, string> { [ConnectionVariable] = server.As(BenchServer.ReferenceRole) };
            var asApi = new Dictionary<string, string>
            {
                [ConnectionVariable] = server.As(BenchServer.AppRole),
                [LogVariable] = Path.Combine(folder, "api.log"),
                ["CRM_HOME"] = folder,
                ["AccessTokens__KeyFolder"] = Path.Combine(folder, "signing-keys"),
                ["AccessTokens__Lifetime"] = "1.00:00:00",
            };
            await using var reference = await ServerProcess.StartAsync("reference", FirstUrl, asReference, http, cancellationToken);
            await using var candidate = options.Has("self")
                ? await ServerProcess.StartAsync("reference", SecondUrl, asReference, http, cancellationToken)
                : await ServerProcess.StartAsync("api-host", SecondUrl, asApi, http, cancellationToken);
            await LoadAsync(options, server, FirstUrl, SecondUrl, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RefusalsAsync(int attempts, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("crm-bench-").FullName;
        try
        {
            await using var cluster = await BenchCluster.StartAsync(cancellationToken);
            var server = new BenchServer(cluster.Admin, RandomNumberGenerator.GetHexString(32) + "aA1!");
            await new BenchDatabase(server).PrepareAsync(Refusals.SizeFor(attempts), cancellationToken);
            var settings = new Dictionary<string, string>
            {
                [ConnectionVariable] = server.As(BenchServer.AppRole),
                [LogVariable] = Path.Combine(folder, "api.log"),
                ["AccessTokens__KeyFolder"] = Path.Combine(folder, "signing-keys"),
                ["Lockout__Delays__0"] = "00:00:00",
            };
            using var http = new HttpClient();
            await using var api = await ServerProcess.StartAsync("api-host", SecondUrl, settings, http, cancellationToken);
            await using var admin = new NpgsqlConnection(server.Admin);
            await admin.OpenAsync(cancellationToken);
            await Console.Out.WriteLineAsync(await new Refusals(http, SecondUrl, admin).MeasureAsync(attempts, cancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task LoadAsync(Options options, BenchServer server, Uri referenceUrl, Uri candidateUrl, CancellationToken cancellationToken)
    {
        var plan = ComparisonPlan.From(options);
        using var http = new HttpClient();
        var ids = await BenchIds.ReadAsync(server.Admin, cancellationToken);
        var reference = Target.Trusting("reference", referenceUrl, BenchServer.ReferenceRole, ids);
        var candidate = options.Has("self")
            ? Target.Trusting("reference again", candidateUrl, BenchServer.ReferenceRole, ids)
            : Target.SignedIn("API", candidateUrl, BenchServer.AppRole, await SignIn.ToAllAsync(http, candidateUrl, ids, server.Password, cancellationToken));

        await using var admin = new NpgsqlConnection(server.Admin);
        await admin.OpenAsync(cancellationToken);
        var run = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var loop = new LoadLoop(ids, plan.Connections, run);
        var written = new WrittenRecords(admin);
        var import = new ImportLoad(http, ids, written, options.Number("import-rows", 5_000, 1, 100_000), run);
        var loads = Chosen(options, [.. Scenario.All.Select(s => new RequestLoad(s, loop, written)), import]);
        var comparison = new Comparison(plan, new DatabaseUnderLoad(admin), http, Console.Out);
        var results = await comparison.RunAsync(loads, reference, candidate, cancellationToken);

        var facts = await MachineFacts.ReadAsync(admin, cancellationToken);
        var tables = Report.Tables(candidate.Name, results, plan, BenchSize.From(options), facts, TimeProvider.System.GetUtcNow());
        await Console.Out.WriteLineAsync(tables);
        if (options.Has("report"))
            await Report.WriteAsync(options.Text("report"), tables, cancellationToken);
    }

    private static List<ILoad> Chosen(Options options, IReadOnlyList<ILoad> all)
    {
        var names = options.Text("scenarios", string.Join(',', all.Select(l => l.Name))).Split(',');
        List<ILoad> chosen = [.. all.Where(l => names.Contains(l.Name))];
        return chosen.Count == names.Length
            ? chosen
            : throw new UsageException($"Scenarios are {string.Join(", ", all.Select(l => l.Name))}.");
    }

    private static BenchServer Server(Options options) => new(options.Text("server"), Variable(PasswordVariable));

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new UsageException($"{name} is not set.");
}
