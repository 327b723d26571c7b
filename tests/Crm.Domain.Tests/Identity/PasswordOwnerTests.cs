using Crm.Domain.Identity;
using Crm.Domain.Tenants;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class PasswordOwnerTests
{
    private static readonly PasswordOwner Anyone = new(null, "", "", []);

    [Fact]
    public void The_strictest_of_all_tenants_counts_in_whatever_order_they_come()
    {
        var (mild, strict) = (new TenantSettings { PasswordMinLength = 14, PasswordRequireMixture = true }, new TenantSettings { PasswordMinLength = 20 });

        foreach (var owner in new[] { Anyone.Under(mild).Under(strict), Anyone.Under(strict).Under(mild), Anyone.With(Anyone.Under(mild)).Under(strict) })
            (owner.MinLength, owner.RequireMixture).ShouldBe((20, true));
    }

    [Fact]
    public void No_tenant_and_one_without_demands_demand_nothing()
    {
        Anyone.Under(null).ShouldBe(Anyone);
        Anyone.Under(new TenantSettings()).ShouldBe(Anyone);
        Anyone.With(null).ShouldBe(Anyone);
    }
}
