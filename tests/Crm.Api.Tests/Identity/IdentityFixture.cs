using Crm.Testing;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>One API with two tenants for the tests of a class; each test makes the people it needs.</summary>
public sealed class IdentityFixture : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public TestTenant Beta { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Its tests fail to sign in more often than one address may within a minute and have each failure told.
        Host = await ApiHost.StartAsync(("MultiTenancy:BaseDomain", "crm.example"), ("Audit:FailuresPerMinute", "1000"));
        Acme = await Host.CreateTenantAsync("acme");
        Beta = await Host.CreateTenantAsync("beta");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
