using System.Net;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.RateLimiting;

/// <summary>Three processes of the API on one database and one Redis, as an operator runs them.</summary>
public sealed class ThreeProcesses : IAsyncLifetime
{
    private readonly List<CrmProcess> _processes = [];
    private ApiHost _host = null!;

    public TestRedis Redis { get; private set; } = null!;

    public IReadOnlyList<HttpClient> Nodes { get; private set; } = [];

    /// <summary>Makes a tenant without using up any limit.</summary>
    public Task<TestTenant> CreateTenantAsync(string identifier) => _host.CreateTenantAsync(identifier);

    public async ValueTask InitializeAsync()
    {
        Redis = await TestRedis.StartAsync();
        _host = await ApiHost.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["CRM_HOME"] = _host.Home,
            ["ConnectionStrings__Crm"] = _host.Database.AppConnectionString,
            ["ConnectionStrings__Redis"] = Redis.ConnectionString,

            // A machine that is busy with other tests is not an outage, and nobody reads what is logged.
            ["Redis__Timeout"] = "00:00:10",
            ["Logging__LogLevel__Crm"] = "Error",

            // So long that no place comes back while the test runs.
            ["RateLimits__Authenticated__Window"] = "00:30:00",
        };
        for (var i = 0; i < 3; i++)
            _processes.Add(CrmProcess.Start(environment, "--urls", "http://127.0.0.1:0"));
        var nodes = new List<HttpClient>();
        foreach (var process in _processes)
        {
            var url = (await process.LineWithAsync("listens on")).Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd(';');
            nodes.Add(new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 100 }) { BaseAddress = new Uri(url) });
        }

        Nodes = nodes;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            node.Dispose();
        foreach (var process in _processes)
            process.Dispose();
        await _host.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

public sealed class ThreeProcessesTests(ThreeProcesses processes) : IClassFixture<ThreeProcesses>
{
    private const string SignInPath = "/api/v1/auth/sign-in";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_thousand_requests_at_once_over_three_processes_exactly_three_hundred_pass()
    {
        var acme = await processes.CreateTenantAsync("acme");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => GetMeAsync(i % 3, acme)));

        statuses.CountBy(s => s).OrderBy(s => s.Key).ShouldBe([new(HttpStatusCode.OK, 300), new(HttpStatusCode.TooManyRequests, 1700)]);
    }

    [Fact]
    public async Task When_Redis_is_killed_nothing_fails_and_the_sixth_sign_in_is_refused_and_when_it_is_back_all_count_together_again()
    {
        var beta = await processes.CreateTenantAsync("beta");
        for (var i = 0; i < 3; i++)
            (await SignInAsync(0, beta)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        // Requests are under way when it is killed.
        var underWay = Enumerable.Range(0, 300).Select(i => GetMeAsync(i % 3, beta)).ToList();
        await processes.Redis.KillAsync();
        (await Task.WhenAll(underWay)).ShouldAllBe(s => s == HttpStatusCode.OK || s == HttpStatusCode.TooManyRequests);
        (await Task.WhenAll(Enumerable.Range(0, 300).Select(i => GetMeAsync(i % 3, beta)))).ShouldAllBe(s => s == HttpStatusCode.OK || s == HttpStatusCode.TooManyRequests);

        for (var i = 3; i < 5; i++)
            (await SignInAsync(0, beta)).Status.ShouldBe(HttpStatusCode.Unauthorized, "the fourth and fifth");
        var sixth = await SignInAsync(0, beta);
        sixth.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        sixth.Headers.Keys.ShouldContain("Retry-After");

        // Where nobody tried before, five may; the sixth is refused there too.
        for (var i = 0; i < 5; i++)
            (await SignInAsync(1, beta)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(1, beta)).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        await processes.Redis.StartAgainAsync();
        foreach (var node in processes.Nodes)
            await Until.ShouldBe(() => node.SendAsync("GET", "/health/ready"), a => a.Text.Contains("\"redis\",\"status\":\"ok\"", StringComparison.Ordinal), Deadline);
        var gamma = await processes.CreateTenantAsync("gamma");
        for (var i = 0; i < 5; i++)
            (await SignInAsync(i % 3, gamma)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(2, gamma)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private Task<Answer> SignInAsync(int node, TestTenant tenant) => processes.Nodes[node].SendAsync("POST", SignInPath, new { email = tenant.Email, password = ApiHost.NewPassword() });

    private async Task<HttpStatusCode> GetMeAsync(int node, TestTenant tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me") { Headers = { Authorization = new("Bearer", tenant.Token) } };
        using var answer = await processes.Nodes[node].SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
