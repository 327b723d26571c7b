using System.Collections.Concurrent;
using Crm.Api.Tests.Cli;
using Crm.Infrastructure.Diagnostics;
using Crm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Health;

public sealed class TransportTests : IDisposable
{
    private const string OpenOwner = "Host=db.acme.example;Database=crm;Username=crm_owner;Password=the-secret";

    private readonly string _home = Directory.CreateTempSubdirectory("crm-test-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("Crm", "Host=db.acme.example")]
    [InlineData("Crm", "Host=db.acme.example;SSL Mode=Require")]
    [InlineData("Crm", "Host=192.0.2.7:5433;SSL Mode=Prefer")]
    [InlineData("Crm", "Host=localhost,db.acme.example")]
    [InlineData("CrmOwner", "Host=db.acme.example;SSL Mode=Disable")]
    [InlineData("Redis", "redis.acme.example:6379,password=the-secret")]
    [InlineData("Redis", "192.0.2.7")]
    [InlineData("Redis", "localhost,redis.acme.example")]
    public void A_server_elsewhere_that_is_reached_in_the_open_is_warned_of(string name, string connectionString)
    {
        var check = Run(name, connectionString).ShouldHaveSingleItem();

        check.Warning.ShouldNotBeNull().ShouldContain($"ConnectionStrings:{name} ");
        check.Warning.ShouldNotContain("the-secret");
        check.Fault.ShouldBeNull("an operator may know better");
    }

    [Theory]
    [InlineData("Crm", "Host=db.acme.example;SSL Mode=VerifyFull")]
    [InlineData("Crm", "Host=db.acme.example;SSL Mode=VerifyCA")]
    [InlineData("Crm", "Host=localhost")]
    [InlineData("Crm", "Host=127.0.0.1:5433,LOCALHOST:5434,::1")]
    [InlineData("Crm", "Host=/run/postgresql")]
    [InlineData("Crm", "Host=@crm")]
    [InlineData("Crm", "Database=crm")]
    [InlineData("Crm", "No=Such=Setting")]
    [InlineData("Redis", "redis.acme.example:6379,ssl=true")]
    [InlineData("Redis", "localhost:6379")]
    [InlineData("Redis", "127.0.0.1:6379,[::1]:6380")]
    [InlineData("Redis", "abortConnect=maybe")]
    [InlineData("Redis", "")]
    public void A_server_that_is_near_or_checked_and_what_cannot_be_read_is_not(string name, string connectionString) =>
        Run(name, connectionString).ShouldBeEmpty();

    [Fact]
    public async Task The_start_warns_and_goes_on()
    {
        using var log = new Warnings();
        await using var api = await ApiHost.StartAsync(services => services.AddSingleton<ILoggerProvider>(log), ("ConnectionStrings:CrmOwner", OpenOwner));

        log.Written.ShouldContain(line => line.Contains("ConnectionStrings:CrmOwner leads to another machine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_doctor_warns_and_finds_nothing_wrong()
    {
        await using var database = await TestDatabase.CreateAsync();
        var settings = new Dictionary<string, string>
        {
            ["CRM_HOME"] = _home,
            ["ConnectionStrings__Crm"] = database.AppConnectionString,
            ["ConnectionStrings__CrmOwner"] = OpenOwner,
        };

        var result = await CrmProcess.RunAsync(settings, "doctor", "--urls", "http://127.0.0.1:0");

        result.ExitCode.ShouldBe(0, result.Output);
        result.Output.Split('\n').Where(line => line.StartsWith("WARNING", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("CrmOwner");
    }

    private static IReadOnlyList<SystemCheck> Run(string name, string connectionString) =>
        TransportChecks.Run(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create($"ConnectionStrings:{name}", (string?)connectionString)]).Build());

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Written => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // There is nothing to let go of.
        }
    }
}
