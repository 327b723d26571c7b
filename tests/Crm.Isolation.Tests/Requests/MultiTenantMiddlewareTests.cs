using System.Security.Claims;
using Crm.Api.MultiTenancy;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Requests;

public sealed class MultiTenantMiddlewareTests
{
    private static readonly CrmTenantInfo Acme = new(Guid.NewGuid(), "acme", "Acme", "active", "USD");

    [Fact]
    public async Task A_token_of_a_tenant_that_is_gone_opens_none()
    {
        var seen = await Should.ThrowAsync<CrmException>(() => InvokeAsync(Guid.NewGuid().ToString(), MultiTenantContext.None));

        seen.ShouldBeOfType<UnauthenticatedException>();
    }

    [Fact]
    public async Task A_token_of_a_tenant_that_is_gone_does_not_open_the_one_that_something_else_names() =>
        await Should.ThrowAsync<UnauthenticatedException>(() => InvokeAsync(Guid.NewGuid().ToString(), new MultiTenantContext(Acme, "header")));

    [Fact]
    public async Task A_token_opens_its_own_tenant() => (await InvokeAsync(Acme.Id, new MultiTenantContext(Acme, "claim"))).ShouldBe(Acme);

    private static async Task<CrmTenantInfo?> InvokeAsync(string tenantOfToken, IMultiTenantContext resolved)
    {
        var setter = new Setter();
        var http = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(TokenClaims.Tenant, tenantOfToken)], "test")) };
        await new MultiTenantMiddleware(_ => Task.CompletedTask, new Resolver(resolved), setter).InvokeAsync(http);
        return setter.Tenant;
    }

    private sealed class Resolver(IMultiTenantContext resolved) : ITenantResolver
    {
        public Task<IReadOnlyList<string>> GetIdentifiersAsync(object context) => Task.FromResult<IReadOnlyList<string>>([]);

        public Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken cancellationToken) => Task.FromResult(resolved);

        public ValueTask<CrmTenantInfo?> FindAsync(Guid id, CancellationToken cancellationToken) => ValueTask.FromResult(resolved.TenantInfo);
    }

    private sealed class Setter : IMultiTenantContextSetter
    {
        public CrmTenantInfo? Tenant { get; private set; }

        IMultiTenantContext IMultiTenantContextSetter.MultiTenantContext
        {
            set => Tenant = value.TenantInfo;
        }
    }
}
