using System.Net;
using Crm.Api.Tests.Imports;
using Crm.Application.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Jobs;

/// <summary>Whose turn it is when several tenants have jobs.</summary>
public sealed class JobTurnTests(IdleFixture fixture) : IClassFixture<IdleFixture>
{
    private static readonly object Companies = new { columns = new object[] { new { field = "name", column = "name" } } };

    [Fact]
    public async Task A_tenant_with_many_jobs_does_not_keep_another_s_few_waiting()
    {
        var other = await fixture.Api.CreateTenantAsync("few");
        var many = new List<string>();
        for (var i = 0; i < 5; i++)
            many.Add(await EnqueueAsync(fixture.Tenant.Client));
        var few = await EnqueueAsync(other.Client);
        await WorkAsync(jobs: 2);
        var late = await EnqueueAsync(other.Client);
        await WorkAsync(jobs: 2);

        (await StatusesAsync(other.Client, [few, late])).ShouldBe(["succeeded", "succeeded"]);
        (await StatusesAsync(fixture.Tenant.Client, many)).ShouldBe(["succeeded", "succeeded", "queued", "queued", "queued"]);

        await WorkAsync(jobs: 3);
        (await StatusesAsync(fixture.Tenant.Client, many)).ShouldAllBe(status => status == "succeeded");
    }

    private static async Task<string> EnqueueAsync(HttpClient client)
    {
        var answer = await client.ImportAsync("name\nTurn Ltd\n", "company", Companies);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer.Headers["Location"];
    }

    private static async Task<IReadOnlyList<string>> StatusesAsync(HttpClient client, IEnumerable<string> jobs) =>
        [.. (await Task.WhenAll(jobs.Select(job => client.JobAsync(job)))).Select(job => job["status"]!.GetValue<string>())];

    private async Task WorkAsync(int jobs)
    {
        for (var i = 0; i < jobs; i++)
            (await fixture.Api.Services.GetRequiredService<IJobWorker>().WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
    }
}
