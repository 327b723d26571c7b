using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.Authorization;
using Crm.Application.Tenants;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Tenants;

public sealed class TenantTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private const string Path = "/api/v1/host/tenants";

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_new_tenant_is_ready_at_once_with_its_first_owner_roles_and_a_pipeline()
    {
        var client = await Host.CreateOperatorAsync();
        var (email, password) = (NewEmail(), ApiHost.NewPassword());
        var answer = await client.SendAsync("POST", Path, new { identifier = ApiHost.NewIdentifier(), name = "Gamma", currency = "EUR", admin = new { email, name = "Gary", password } });

        answer.Status.ShouldBe(HttpStatusCode.Created);
        answer.Body!["status"]!.GetValue<string>().ShouldBe("active");
        answer.Body["currency"]!.GetValue<string>().ShouldBe("EUR");
        (await client.SendAsync("GET", answer.Headers["Location"])).Body!.ToJsonString().ShouldBe(answer.Body.ToJsonString());

        var owner = await Host.SignInAsync(new { email, password });
        var stages = (await owner.SendAsync("GET", "/api/v1/stages?sort=position")).Body!["data"]!.AsArray();
        stages.Select(s => $"{s!["name"]} {s["probability"]} {s["kind"]}").ShouldBe(["Prospecting 10 open", "Engaging 50 open", "Won 100 won", "Lost 0 lost"]);
        (await owner.SendAsync("GET", "/api/v1/pipelines")).Body!["data"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("Sales");
        foreach (var role in new[] { "owner", "admin", "member", "viewer" })
            (await owner.SendAsync("POST", "/api/v1/invitations", new { email = NewEmail(), name = "Mary", role })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_owner_who_has_an_account_keeps_its_password()
    {
        var client = await Host.CreateOperatorAsync();
        var (email, password) = (NewEmail(), ApiHost.NewPassword());
        (await client.SendAsync("POST", Path, new { identifier = ApiHost.NewIdentifier(), name = "First", admin = new { email, name = "Gary" } })).Faults.ShouldBe(["/admin/password required"]);
        (await client.SendAsync("POST", Path, new { identifier = ApiHost.NewIdentifier(), name = "First", admin = new { email, name = "Gary", password } })).Status.ShouldBe(HttpStatusCode.Created);

        var second = ApiHost.NewIdentifier();
        (await client.SendAsync("POST", Path, new { identifier = second, name = "Second", admin = new { email, name = "Gary", password = ApiHost.NewPassword() } })).Faults.ShouldBe(["/admin/password account_exists"]);
        (await client.SendAsync("POST", Path, new { identifier = second, name = "Second", admin = new { email, name = "Gary" } })).Status.ShouldBe(HttpStatusCode.Created);
        await Host.SignInAsync(new { tenant = second, email, password });
    }

    [Fact]
    public async Task What_a_new_tenant_begins_with_stands_in_its_change_log()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = (await client.SendAsync("POST", Path, new { identifier = ApiHost.NewIdentifier(), name = "Gamma" })).Body!["id"]!.GetValue<Guid>();

        (await ScalarAsync("SELECT string_agg(record_type || ' ' || n, ', ' ORDER BY record_type) FROM (SELECT record_type, count(*) AS n FROM changes WHERE tenant_id = $1 GROUP BY 1) c", tenant))
            .ShouldBe("pipeline 1, role 4, stage 4");
        (await ScalarAsync("SELECT action FROM host_changes WHERE subject = 'tenant:' || $1::text", tenant)).ShouldBe("tenant_created");
    }

    [Fact]
    public async Task A_change_of_a_tenant_that_cannot_be_told_is_not_made()
    {
        // A host of its own: for as long as this takes, its log takes nothing.
        await using var host = await ApiHost.StartAsync();
        var tenant = await host.CreateTenantAsync("untold");
        await using var superuser = NpgsqlDataSource.Create(host.Database.SuperConnectionString);
        await using (var mute = superuser.CreateCommand("REVOKE INSERT ON host_changes FROM crm_app"))
            await mute.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Should.ThrowAsync<PostgresException>(() => SendAsync(new SuspendTenant(tenant.Id)));
        await Should.ThrowAsync<PostgresException>(() => SendAsync(new CreateTenant("unborn", "Unborn")));

        await using var states = superuser.CreateCommand("SELECT string_agg(identifier || ' ' || status, ', ' ORDER BY identifier) FROM tenants");
        (await states.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("unborn preparing, untold active");

        async Task SendAsync(IRequest<TenantDto> request)
        {
            await using var scope = host.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task An_identifier_is_given_once_even_when_asked_for_at_the_same_time()
    {
        var client = await Host.CreateOperatorAsync();
        var identifier = ApiHost.NewIdentifier();
        (await client.SendAsync("POST", Path, new { identifier, name = "First" })).Status.ShouldBe(HttpStatusCode.Created);

        var again = await client.SendAsync("POST", Path, new { identifier, name = "Second" });
        again.Status.ShouldBe(HttpStatusCode.Conflict);
        again.Code.ShouldBe("identifier_taken");

        var contested = ApiHost.NewIdentifier();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.SendAsync("POST", Path, new { identifier = contested, name = $"Racer {i}" })));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.Created).ShouldAllBe(a => a.Status == HttpStatusCode.Conflict);
        answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Body!["id"]!.ToString()).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_creation_that_was_cut_off_is_closed_to_all_and_finished_by_the_next()
    {
        var client = await Host.CreateOperatorAsync();
        var (identifier, id) = (ApiHost.NewIdentifier(), Guid.CreateVersion7());
        await using (var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString))
        {
            await using var command = source.CreateCommand("INSERT INTO tenants (id, identifier, name, status) VALUES ($1, $2, 'Half', 'preparing')");
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = identifier });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (await client.SendAsync("POST", $"{Path}/{id}/activate")).Code.ShouldBe("tenant_not_ready");
        var finished = await client.SendAsync("POST", Path, new { identifier, name = "Whole" });
        finished.Status.ShouldBe(HttpStatusCode.Created);
        finished.Body!["id"]!.GetValue<Guid>().ShouldBe(id);
        finished.Body["name"]!.GetValue<string>().ShouldBe("Whole");
        (await ScalarAsync("SELECT count(*)::text FROM roles WHERE tenant_id = $1", id)).ShouldBe("4");
    }

    [Fact]
    public async Task A_suspension_refuses_tokens_within_a_second_and_sign_ins_at_once_until_it_ends()
    {
        var client = await Host.CreateOperatorAsync();
        var tenant = await Host.CreateTenantAsync(ApiHost.NewIdentifier());
        (await tenant.Client.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);

        (await client.SendAsync("POST", $"{Path}/{tenant.Id}/suspend")).Body!["status"]!.GetValue<string>().ShouldBe("suspended");
        (await client.SendAsync("POST", $"{Path}/{tenant.Id}/suspend")).Status.ShouldBe(HttpStatusCode.OK);

        var refused = await Until.ShouldBe(() => tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.Forbidden, TimeSpan.FromSeconds(2));
        refused.Code.ShouldBe("tenant_suspended");
        (await SignInAsync(tenant.Password)).Code.ShouldBe("tenant_suspended");
        (await SignInAsync("Wrong-password-1")).Code.ShouldBe("invalid_credentials");

        (await client.SendAsync("POST", $"{Path}/{tenant.Id}/activate")).Body!["status"]!.GetValue<string>().ShouldBe("active");
        await Until.ShouldBe(() => tenant.Client.SendAsync("GET", "/api/v1/me"), a => a.Status == HttpStatusCode.OK, TimeSpan.FromSeconds(2));
        (await SignInAsync(tenant.Password)).Status.ShouldBe(HttpStatusCode.OK);

        Task<Answer> SignInAsync(string password) =>
            Host.CreateClient().SendAsync("POST", People.SignInPath, new { email = tenant.Email, password });
    }

    [Fact]
    public async Task Only_the_hosts_operator_sees_and_makes_tenants()
    {
        foreach (var (method, path) in new[] { ("GET", Path), ("POST", Path), ("GET", $"{Path}/{fixture.Beta.Id}"), ("POST", $"{Path}/{fixture.Beta.Id}/suspend"), ("POST", $"{Path}/{fixture.Beta.Id}/activate") })
        {
            (await fixture.Acme.Client.SendAsync(method, path)).Code.ShouldBe("host_only", path);
            (await Host.CreateClient().SendAsync(method, path)).Status.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task Tenants_are_listed_page_by_page_without_gap_or_repetition()
    {
        var client = await Host.CreateOperatorAsync();
        for (var i = 0; i < 3; i++)
            await client.SendAsync("POST", Path, new { identifier = ApiHost.NewIdentifier(), name = "Gamma" });

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await client.SendAsync("GET", $"{Path}?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Body!;
            page["data"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page["data"]!.AsArray().Select(t => t!["identifier"]!.GetValue<string>()));
            cursor = page["page"]!["nextCursor"]?.GetValue<string>();
            page["page"]!["hasMore"]!.GetValue<bool>().ShouldBe(cursor is not null);
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.ShouldContain("acme");
        seen.ShouldContain("beta");
    }

    [Theory]
    [InlineData("limit=0", "limit out_of_range")]
    [InlineData("limit=201", "limit out_of_range")]
    [InlineData("limit=x", "limit out_of_range")]
    [InlineData("cursor=x!", "cursor invalid_cursor")]
    [InlineData("cursor=QUJD", "cursor invalid_cursor")]
    [InlineData("offset=1", "offset unknown_parameter")]
    public async Task Parameters_that_make_no_sense_are_refused(string query, string fault) =>
        (await (await Host.CreateOperatorAsync()).SendAsync("GET", $"{Path}?{query}")).Faults.ShouldBe([fault]);

    [Theory]
    [InlineData("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("nonsense")]
    public async Task A_tenant_that_does_not_exist_is_not_found(string id)
    {
        var client = await Host.CreateOperatorAsync();
        (await client.SendAsync("GET", $"{Path}/{id}")).Code.ShouldBe("not_found");
        (await client.SendAsync("POST", $"{Path}/{id}/suspend")).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task All_faults_of_a_new_tenant_are_told_at_once()
    {
        var client = await Host.CreateOperatorAsync();

        (await client.SendAsync("POST", Path, new { identifier = "A", name = "", currency = "EURO", admin = new { email = "x", name = "", password = "short" } })).Faults.ShouldBe(
            ["/identifier invalid_identifier", "/name blank", "/currency invalid_choice", "/admin/email invalid_email", "/admin/name blank",
                "/admin/password password_too_short", "/admin/password password_needs_upper", "/admin/password password_needs_digit", "/admin/password password_needs_special"],
            ignoreOrder: true);
        (await client.SendAsync("POST", Path, new { identifier = "acme-2", name = "x", admin = new { email = "a@b.example", nam = "x" } })).Faults.ShouldBe(
            ["/admin/nam unknown_member", "/admin/name required"], ignoreOrder: true);
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@people.example";

    private async Task<string> ScalarAsync(string sql, Guid tenant)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
