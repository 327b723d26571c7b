using System.Text.Json.Nodes;
using Crm.Api.Tests.Identity;
using Crm.Attack;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Attack;

public sealed class CampaignTests
{
    [Fact]
    public async Task Malformed_requests_to_every_operation_are_refused_and_never_fail()
    {
        await using var api = await ApiHost.StartAsync();
        var tenant = await api.CreateTenantAsync("alpha");
        var (email, password) = await api.CreatePersonAsync(tenant: null);
        var campaign = new Campaign(api.BaseAddress, seed: 20261121)
        {
            Credentials =
            [
                new JsonObject { ["email"] = tenant.Email, ["password"] = tenant.Password },
                new JsonObject { ["email"] = email, ["password"] = password },
            ],
            Requests = 3000,
            Workers = 8,
        };

        var result = await campaign.RunAsync(TestContext.Current.CancellationToken);

        result.Unexplained.ShouldBeEmpty();
        result.Answers.Values.Sum().ShouldBe(3000);

        // The campaign gets somewhere: past the door, into the operations, and on what they store.
        result.Answers.Where(a => a.Key.Status is 200 or 201).Sum(a => a.Value).ShouldBeGreaterThan(100);
        result.Answers.Where(a => a.Key.Status == 400).Sum(a => a.Value).ShouldBeGreaterThan(500);
    }
}
