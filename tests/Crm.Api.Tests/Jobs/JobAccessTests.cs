using System.Globalization;
using System.Net;
using Crm.Api.Tests.ApiKeys;
using Crm.Api.Tests.Identity;
using Crm.Api.Tests.Imports;
using Crm.Application.Jobs;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Jobs;

/// <summary>A job is there for its maker, and for those who may see all that it tells of.</summary>
public sealed class JobAccessTests(IdleFixture fixture) : IClassFixture<IdleFixture>
{
    private HttpClient Owner => fixture.Tenant.Client;

    [Fact]
    public async Task Somebody_elses_import_is_there_for_those_who_may_read_all_records_of_its_type()
    {
        var job = await ImportAsync(Owner);
        var stranger = await MemberAsync(["imports:read", "imports:write"]);
        var reader = await MemberAsync(["imports:read", "imports:write", "products:read"]);
        var writer = await MemberAsync(["imports:read", "imports:write", "products:read", "products:write"]);
        var scoped = await MemberAsync(["imports:read", "imports:write", "products:read", "products:write"], "own");
        var key = fixture.Api.WithKey((await Owner.CreateKeyAsync(["imports:read", "imports:write"])).Secret);

        foreach (var client in new[] { stranger, scoped, key })
            await IsNotThereAsync(client, job);
        foreach (var client in new[] { reader, writer })
            await IsThereAsync(client, job);

        // Reading the records is not enough to end what writes them.
        (await reader.SendAsync("POST", job + "/cancel")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Owner.JobAsync(job))["status"]!.GetValue<string>().ShouldBe("queued");
        (await writer.SendAsync("POST", job + "/cancel")).Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        await WorkAsync();
    }

    [Fact]
    public async Task Ones_own_import_is_there_whatever_one_may_not_read()
    {
        var key = await Owner.CreateKeyAsync(["imports:read", "imports:write", "products:write"]);
        var scoped = await MemberAsync(["imports:read", "imports:write", "products:read", "products:write"], "own");
        foreach (var client in new[] { fixture.Api.WithKey(key.Secret), scoped })
        {
            var job = await ImportAsync(client);
            await WorkAsync();

            (await client.JobAsync(job)).Counts().ShouldBe("0/0/1/0");
            (await client.SendAsync("GET", job + "/errors")).Body!["data"]!.AsArray().Count.ShouldBe(1);
            (await client.SendAsync("POST", job + "/cancel")).Code.ShouldBe("job_finished");
        }
    }

    [Fact]
    public async Task A_reassignment_is_there_for_those_who_may_read_users_and_ends_by_those_who_may_write_them()
    {
        var id = Guid.CreateVersion7();
        var job = $"/api/v1/jobs/{id}";
        await RunAsync("INSERT INTO jobs (tenant_id, id, type, payload) VALUES ($1, $2, 'reassignment', '{}')", fixture.Tenant.Id, id);
        string[] products = ["products:read", "products:write", "imports:read", "imports:write"];
        var stranger = await MemberAsync(products);
        var reader = await MemberAsync([.. products, "users:read"]);
        var writer = await MemberAsync([.. products, "users:read", "users:write"]);

        await IsNotThereAsync(stranger, job);
        await IsThereAsync(reader, job);
        (await reader.SendAsync("POST", job + "/cancel")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await writer.JobAsync(job))["status"]!.GetValue<string>().ShouldBe("queued");
        (await writer.SendAsync("POST", job + "/cancel")).Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
    }

    private static async Task IsNotThereAsync(HttpClient client, string job)
    {
        foreach (var (method, path) in new[] { ("GET", job), ("GET", job + "/errors"), ("POST", job + "/cancel") })
            (await client.SendAsync(method, path)).Code.ShouldBe("not_found", $"{method} {path}");
    }

    private static async Task IsThereAsync(HttpClient client, string job)
    {
        foreach (var path in new[] { job, job + "/errors" })
            (await client.SendAsync("GET", path)).Status.ShouldBe(HttpStatusCode.OK, path);
    }

    private static async Task<string> ImportAsync(HttpClient client)
    {
        var answer = await client.ImportAsync("name,price\nThing,bad\n", "product", new { columns = new object[] { new { field = "name", column = "name" }, new { field = "price", column = "price" } } });
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer.Headers["Location"];
    }

    private async Task WorkAsync() =>
        (await fixture.Api.Services.GetRequiredService<IJobWorker>().WorkAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();

    private async Task<HttpClient> MemberAsync(string[] permissions, string? scope = null)
    {
        var name = "role" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
        var scopes = scope is null ? [] : new Dictionary<string, string?> { ["products:read"] = scope, ["products:write"] = scope };
        var made = await Owner.SendAsync("POST", "/api/v1/admin/roles", new { name, permissions, scopes });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return await fixture.Api.AddMemberAsync(fixture.Tenant, name);
    }

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
