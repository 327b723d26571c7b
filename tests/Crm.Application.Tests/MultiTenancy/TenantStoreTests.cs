using Crm.Application.MultiTenancy;
using Crm.Infrastructure.MultiTenancy;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.MultiTenancy;

public sealed class TenantStoreTests
{
    private static readonly CrmTenantInfo Acme = new(Guid.NewGuid(), "acme", "Acme", "active", "USD");

    private readonly TenantShelf _shelf = new(Acme);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_is_asked_for_by_id_is_remembered()
    {
        var store = new CachedTenantStore(new ShelfStore(_shelf), new MultiTenancyOptions(), new ManualTime(DateTimeOffset.UnixEpoch));
        var beta = new CrmTenantInfo(Guid.NewGuid(), "beta", "Beta", "active", "EUR");

        (await store.GetAllAsync(10, null, Cancellation)).ShouldBe([Acme]);
        (await store.AddAsync(beta, Cancellation)).ShouldBeTrue();
        (await store.GetAllAsync(10, null, Cancellation)).ShouldBe([Acme, beta], ignoreOrder: true);
        (await store.UpdateAsync(beta with { Name = "Beta & Co" }, null!, Cancellation)).ShouldBeTrue();
        (await store.GetByIdentifierAsync("beta", Cancellation)).ShouldNotBeNull().Name.ShouldBe("Beta & Co");
    }

    // There is no database here that it could be looked for in.
    [Fact]
    public async Task An_identifier_that_no_tenant_can_have_is_not_looked_for() =>
        (await new DatabaseTenantStore(null!, null!).GetByIdentifierAsync("no such tenant", Cancellation)).ShouldBeNull();
}
