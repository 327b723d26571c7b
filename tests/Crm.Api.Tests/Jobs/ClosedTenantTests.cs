using System.Globalization;
using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Imports;
using Crm.Application.Jobs;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Jobs;

/// <summary>A tenant that is suspended or to be removed lets its jobs rest, wherever they stand.</summary>
public sealed class ClosedTenantTests(IdleFixture fixture) : IClassFixture<IdleFixture>
{
    private const int Many = 3000;

    private IJobWorker Worker => fixture.Api.Services.GetRequiredService<IJobWorker>();

    [Theory]
    [InlineData("POST", "/suspend", "/activate")]
    [InlineData("DELETE", "", "/restore")]
    public async Task A_running_import_stops_with_its_tenant_and_goes_on_where_it_stood(string method, string close, string open)
    {
        var (tenant, operators) = (await fixture.Api.CreateTenantAsync("closed-" + method.ToLowerInvariant()), await fixture.Api.CreateOperatorAsync());
        var path = $"/api/v1/host/tenants/{tenant.Id}";
        var csv = "name\n" + string.Join('\n', Enumerable.Range(1, Many).Select(i => $"Thing {i}"));
        var job = (await tenant.Client.ImportAsync(csv, "product", new { columns = new object[] { new { field = "name", column = "name" } } })).Headers["Location"];
        var work = Task.Run(() => Worker.WorkAsync(CancellationToken.None), TestContext.Current.CancellationToken);
        await Until.ShouldBe(() => tenant.Client.JobAsync(job), j => j["done"]!.GetValue<int>() >= 100, TimeSpan.FromMinutes(1));

        (await operators.SendAsync(method, path + close)).Status.ShouldBe(HttpStatusCode.OK);
        (await work).ShouldBeTrue();

        var id = Guid.Parse(job.Split('/')[^1], CultureInfo.InvariantCulture);
        var done = await ScalarAsync("SELECT done FROM jobs WHERE id = $1 AND status = 'running'", id);
        done.ShouldBeInRange(100, Many - 1);
        (await ScalarAsync("SELECT count(*) FROM products WHERE tenant_id = $1", tenant.Id)).ShouldBe(done);
        (await ScalarAsync("SELECT count(*) FROM job_queue WHERE job_id = $1 AND attempts = 0 AND available_at > clock_timestamp()", id)).ShouldBe(1);

        // Whoever takes it up meanwhile does nothing either.
        await TakeUpAsync(id);
        (await ScalarAsync("SELECT count(*) FROM products WHERE tenant_id = $1", tenant.Id)).ShouldBe(done);

        (await operators.SendAsync("POST", path + open)).Status.ShouldBe(HttpStatusCode.OK);
        await TakeUpAsync(id);
        (await ScalarAsync("SELECT done FROM jobs WHERE id = $1 AND status = 'succeeded'", id)).ShouldBe(Many);
        (await ScalarAsync("SELECT count(*) FROM products WHERE tenant_id = $1", tenant.Id)).ShouldBe(Many);
    }

    // As when the rest is over.
    private async Task TakeUpAsync(Guid job)
    {
        (await ScalarAsync("WITH u AS (UPDATE job_queue SET available_at = clock_timestamp() - interval '1 second' WHERE job_id = $1 RETURNING 1) SELECT count(*) FROM u", job)).ShouldBe(1);
        (await Worker.WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private async Task<long> ScalarAsync(string sql, Guid value)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
