using Crm.Api.Hosting;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Probing;

/// <summary>All operations, probed once.</summary>
public sealed class ProbedFixture : IAsyncLifetime
{
    internal TwoTenants Tenants { get; private set; } = null!;

    internal IReadOnlyList<ProbedOperation> Operations { get; private set; } = [];

    internal Prober Prober { get; private set; } = null!;

    internal IReadOnlyList<string> Findings { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Tenants = await TwoTenants.StartAsync((_, _) => { }, app => app.UseCrm());
        Operations = new EndpointOperations(Tenants.Api).Read();
        Prober = Tenants.NewProber();
        Findings = await Prober.ProbeAsync(Operations);
    }

    public ValueTask DisposeAsync() => Tenants.DisposeAsync();
}

public sealed class ProberTests(ProbedFixture probed) : IClassFixture<ProbedFixture>
{
    [Fact]
    public void Another_tenant_s_ids_are_answered_as_random_ones_by_every_operation_and_its_rows_stay_as_they_are()
    {
        probed.Findings.ShouldBeEmpty();
        probed.Operations.Count.ShouldBeGreaterThan(40);
        probed.Prober.Places.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own() =>
        probed.Operations.GroupBy(o => o.Name).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
}
