using Crm.Application.MultiTenancy;
using Crm.Application.RateLimiting;
using Crm.Application.Tests.MultiTenancy;
using Crm.Domain.Tenants;
using Crm.Infrastructure.MultiTenancy;
using Crm.Infrastructure.RateLimiting;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.RateLimiting;

public sealed class PlanCeilingsTests
{
    private static readonly CrmTenantInfo Acme = new(Guid.NewGuid(), "acme", "Acme", "active", "USD");

    private readonly TenantShelf _shelf = new(Acme);
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_has_its_own_ceiling_or_the_usual_one_as_does_one_that_is_not_there()
    {
        var ceilings = Ceilings(Limits.Options());
        foreach (var tenant in new[] { Acme.TenantId, Guid.NewGuid() })
            (await ceilings.OfAsync(tenant, Cancellation))!.Policy.ShouldBe("\"tenant\";q=6000;w=60");

        _shelf.Put(Acme with { Limits = new TenantLimits { RequestsPerMinute = 7 } });
        _time.Advance(TimeSpan.FromSeconds(1));

        var own = await ceilings.OfAsync(Acme.TenantId, Cancellation);
        own!.Policy.ShouldBe("\"tenant\";q=7;w=60");
        (await ceilings.OfAsync(Acme.TenantId, Cancellation)).ShouldBeSameAs(own);
        _shelf.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task Where_tenants_are_not_limited_no_tenant_is_looked_for()
    {
        (await Ceilings(Limits.Options(limits => limits.Enabled = false)).OfAsync(Acme.TenantId, Cancellation)).ShouldBeNull();

        _shelf.Asked.ShouldBe(0);
    }

    private PlanCeilings Ceilings(IOptions<RateLimitOptions> options) =>
        new(new RateLimitRules(options), new TenantResolver([], [new CachedTenantStore(new ShelfStore(_shelf), new MultiTenancyOptions(), _time)]), options);
}
