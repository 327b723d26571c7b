using Crm.Domain.Tenants;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Tenants;

public sealed class PlansTests
{
    [Fact]
    public void Without_any_plan_there_is_the_standard_one_without_limits()
    {
        var plans = new Plans(new Dictionary<string, TenantLimits>());

        plans.Names.ShouldBe(["standard"]);
        plans.LimitsOf("standard", TenantLimits.None).ShouldBe(TenantLimits.None);
    }

    [Fact]
    public void A_plan_that_is_offered_no_longer_counts_as_the_standard_one_and_own_limits_come_first()
    {
        var plans = new Plans(new Dictionary<string, TenantLimits> { ["standard"] = new(Users: 3, Records: 10), ["large"] = new(Records: 100, RequestsPerMinute: 50, ApiKeys: 4) });

        plans.LimitsOf("gone", TenantLimits.None).ShouldBe(new TenantLimits(3, 10));
        plans.LimitsOf("large", new TenantLimits(Users: 7, ApiKeys: 5)).ShouldBe(new TenantLimits(7, 100, 50, 5));
        (plans.Contains("large"), plans.Contains("gone"), plans.Contains(null)).ShouldBe((true, false, false));
    }
}
