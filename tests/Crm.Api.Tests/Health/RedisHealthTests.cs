using System.Net;
using Crm.Api.Tests.Cli;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Health;

public sealed class RedisHealthTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _home = Directory.CreateTempSubdirectory("crm-test-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Readiness_tells_that_Redis_is_gone_and_back_and_the_system_serves_all_the_while()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var api = await ApiHost.StartAsync(redis.Setting);
        using var client = api.CreateClient();
        await BecomesAsync(client, "ok");

        await redis.KillAsync();
        await BecomesAsync(client, "degraded");

        await redis.StartAgainAsync();
        await BecomesAsync(client, "ok");
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_yet_is_no_reason_not_to_start()
    {
        await using var redis = TestRedis.CreateStopped();
        await using var api = await ApiHost.StartAsync(redis.Setting);
        using var client = api.CreateClient();
        await BecomesAsync(client, "degraded");

        await redis.StartAgainAsync();
        await BecomesAsync(client, "ok");
    }

    [Theory]
    [InlineData("abortConnect=maybe,password=the-secret")]
    [InlineData("password=the-secret")]
    public async Task A_connection_string_that_says_nothing_of_use_stops_the_start_and_is_not_repeated(string connectionString) =>
        (await Should.ThrowAsync<OptionsValidationException>(() => ApiHost.StartAsync(("ConnectionStrings:Redis", connectionString))))
            .Message.ShouldSatisfyAllConditions(m => m.ShouldContain("ConnectionStrings:Redis"), m => m.ShouldNotContain("the-secret"));

    [Fact]
    public async Task The_doctor_looks_at_Redis_when_it_is_configured()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var database = await TestDatabase.CreateAsync();

        var well = await DoctorAsync(database, redis.ConnectionString);
        well.ExitCode.ShouldBe(0, well.Output);
        well.Output.ShouldContain("ok      Redis: answers in ");

        await redis.KillAsync();
        foreach (var connectionString in new[] { redis.ConnectionString, "password=the-secret" })
        {
            var ill = await DoctorAsync(database, connectionString);
            ill.ExitCode.ShouldBe(1);
            ill.Output.Split('\n').Where(line => line.StartsWith("FAILED", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("Redis");
            ill.Output.ShouldNotContain("the-secret");
        }
    }

    private Task<CrmResult> DoctorAsync(TestDatabase database, string redis) => CrmProcess.RunAsync(
        new Dictionary<string, string>
        {
            ["CRM_HOME"] = _home,
            ["ConnectionStrings__Crm"] = database.AppConnectionString,
            ["ConnectionStrings__Redis"] = redis,
        },
        "doctor", "--urls", "http://127.0.0.1:0");

    private static async Task BecomesAsync(HttpClient client, string state)
    {
        var answer = await Until.ShouldBe(() => client.SendAsync("GET", "/health/ready"), ready => ready.Text.Contains($"\"redis\",\"status\":\"{state}\"", StringComparison.Ordinal), Deadline);
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body!["status"]!.GetValue<string>().ShouldBe("ready");
    }
}
