using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Administration;

public sealed class LastSeatTests
{
    [Fact]
    public async Task Of_four_who_accept_for_the_last_seat_at_once_one_joins_and_the_others_links_and_accounts_stay_as_they_were()
    {
        await using var host = await ApiHost.StartAsync(("Plans:free:Users", "2"), ("Mail:PollInterval", "00:00:00.050"));
        await using var node = await host.StartNodeAsync(null, ("Plans:free:Users", "2"));
        var tenant = await host.CreateTenantAsync("limited");
        await (await host.CreateOperatorAsync()).SendAsync("PATCH", $"/api/v1/host/tenants/{tenant.Id}", new { plan = "free" });
        var people = Enumerable.Range(0, 4).Select(i => (Email: $"{i}-{Guid.NewGuid():N}@people.example", Password: ApiHost.NewPassword())).ToList();
        var tokens = new List<string>();
        foreach (var (email, _) in people)
        {
            (await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email, name = "Mary", role = "member" })).Status.ShouldBe(HttpStatusCode.Created);
            tokens.Add(await Mailbox.Of(host).TokenAsync(email));
        }

        var answers = await Task.WhenAll(people.Select((_, i) => AcceptAsync(i % 2 == 0 ? host : node, i)));

        var winner = answers.ToList().FindIndex(a => a.Status == HttpStatusCode.OK);
        answers.Where((_, i) => i != winner).ShouldAllBe(a => a.Status == HttpStatusCode.Conflict && a.Code == "plan_limit_reached");
        (await EmailsAsync()).ShouldBe([people[winner].Email]);

        // A seat more, and a link that was refused is good for it.
        (await (await host.CreateOperatorAsync()).SendAsync("PATCH", $"/api/v1/host/tenants/{tenant.Id}", new { limits = new { users = 3 } })).Status.ShouldBe(HttpStatusCode.OK);
        var next = (winner + 1) % people.Count;
        (await AcceptAsync(host, next)).Status.ShouldBe(HttpStatusCode.OK);
        (await AcceptAsync(host, next)).Faults.ShouldBe(["/token invalid_link"]);
        await host.SignInAsync(new { email = people[next].Email, password = people[next].Password });

        Task<Answer> AcceptAsync(ApiHost on, int i) =>
            on.CreateClient().SendAsync("POST", "/api/v1/auth/invitations/accept", new { token = tokens[i], password = people[i].Password });

        async Task<string[]> EmailsAsync()
        {
            await using var source = NpgsqlDataSource.Create(host.Database.SuperConnectionString);
            await using var command = source.CreateCommand("SELECT coalesce(array_agg(email), '{}') FROM users WHERE email = ANY ($1)");
            command.Parameters.Add(new() { Value = people.Select(p => p.Email).ToArray() });
            return (string[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Fact]
    public async Task Of_eight_who_present_one_link_at_once_one_joins()
    {
        await using var host = await ApiHost.StartAsync(("Mail:PollInterval", "00:00:00.050"));
        var tenant = await host.CreateTenantAsync("acme");
        var email = $"{Guid.NewGuid():N}@people.example";
        await tenant.Client.SendAsync("POST", "/api/v1/invitations", new { email, name = "Mary", role = "member" });
        var token = await Mailbox.Of(host).TokenAsync(email);
        var passwords = Enumerable.Range(0, 8).Select(_ => ApiHost.NewPassword()).ToList();

        var answers = await Task.WhenAll(passwords.Select(password => host.CreateClient().SendAsync("POST", "/api/v1/auth/invitations/accept", new { token, password })));

        var winner = answers.ToList().FindIndex(a => a.Status == HttpStatusCode.OK);
        answers.Where((_, i) => i != winner).ShouldAllBe(a => a.Status != HttpStatusCode.OK);
        await host.SignInAsync(new { email, password = passwords[winner] });
    }
}
