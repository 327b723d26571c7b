using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.MultiTenancy;
using Crm.Application.Tenants;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Tenants;

public sealed class ContestedTenantTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private const string Path = "/api/v1/host/tenants";

    [Fact]
    public async Task Of_eight_who_create_one_tenant_at_once_over_two_nodes_one_does_and_the_others_leave_nothing_behind()
    {
        var clients = new[] { await nodes.A.CreateOperatorAsync(), await nodes.B.CreateOperatorAsync() };
        var (identifier, run) = (ApiHost.NewIdentifier(), Guid.NewGuid().ToString("N"));
        var admins = Enumerable.Range(0, 8).Select(i => new { email = $"{run}-{i}@people.example", name = $"Racer {i}", password = ApiHost.NewPassword() }).ToList();

        var answers = await Task.WhenAll(admins.Select((admin, i) => clients[i % 2].SendAsync("POST", Path, new { identifier, name = admin.name, admin })));

        var winner = answers.ToList().FindIndex(a => a.Status == HttpStatusCode.Created);
        answers.Where((_, i) => i != winner).ShouldAllBe(a => a.Status == HttpStatusCode.Conflict && a.Code == "identifier_taken");
        var tenant = answers[winner].Body!["id"]!.GetValue<Guid>();
        answers[winner].Body!["name"]!.GetValue<string>().ShouldBe(admins[winner].name);
        for (var i = 0; i < admins.Count; i++)
        {
            var answer = await nodes.A.CreateClient().SendAsync("POST", People.SignInPath, new { tenant = identifier, admins[i].email, admins[i].password });
            answer.Status.ShouldBe(i == winner ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, $"racer {i}");
        }

        (await CountAsync("SELECT count(*) FROM users WHERE email LIKE $1 || '-%'", run)).ShouldBe(1);
        (await CountAsync("SELECT count(*) FROM memberships WHERE tenant_id::text = $1", tenant.ToString())).ShouldBe(1);
        (await CountAsync("SELECT count(*) FROM host_changes WHERE fields ->> 'of' = 'tenant:' || $1 OR subject = 'tenant:' || $1", tenant.ToString())).ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_takes_over_a_creation_that_was_cut_off_owns_the_tenant_alone()
    {
        var client = await nodes.A.CreateOperatorAsync();
        var former = await nodes.A.CreateTenantAsync(ApiHost.NewIdentifier());
        await CountAsync("WITH cut AS (UPDATE tenants SET status = 'preparing' WHERE identifier = $1 RETURNING 1) SELECT count(*) FROM cut", former.Identifier);
        var admin = new { email = $"{Guid.NewGuid():N}@people.example", name = "Nora", password = ApiHost.NewPassword() };

        var answer = await client.SendAsync("POST", Path, new { identifier = former.Identifier, name = "Taken over", admin });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Body!["id"]!.GetValue<Guid>().ShouldBe(former.Id);
        await nodes.A.SignInAsync(new { tenant = former.Identifier, admin.email, admin.password });
        (await nodes.B.CreateClient().SendAsync("POST", People.SignInPath, new { email = former.Email, password = former.Password })).Code.ShouldBe("invalid_credentials");
        (await CountAsync("SELECT count(*) FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE t.identifier = $1", former.Identifier)).ShouldBe(1);
    }

    [Fact]
    public async Task A_creation_that_is_under_way_on_one_node_is_taken_over_on_none_until_it_ends()
    {
        var identifier = ApiHost.NewIdentifier();
        var client = await nodes.B.CreateOperatorAsync();
        await nodes.A.Services.GetRequiredService<IMultiTenantStore>().AddAsync(
            new CrmTenantInfo(Guid.CreateVersion7(), identifier, "Half", "preparing", "EUR"), TestContext.Current.CancellationToken);
        var claims = nodes.A.Services.GetRequiredService<ITenantClaims>();

        await using (await claims.TryTakeAsync(identifier, TestContext.Current.CancellationToken))
            (await client.SendAsync("POST", Path, new { identifier, name = "Too soon" })).Code.ShouldBe("identifier_taken");

        (await client.SendAsync("POST", Path, new { identifier, name = "In time" })).Status.ShouldBe(HttpStatusCode.Created);
    }

    private async Task<long> CountAsync(string sql, string value)
    {
        await using var source = NpgsqlDataSource.Create(nodes.A.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
