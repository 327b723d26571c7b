using System.Security.Claims;
using Crm.Api.MultiTenancy;
using Crm.Application.MultiTenancy;
using Crm.Infrastructure.MultiTenancy;
using Crm.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.MultiTenancy;

public sealed class TenancyTests
{
    private static readonly CrmTenantInfo Acme = new(Guid.NewGuid(), "acme", "Acme", "active", "USD");
    private static readonly CrmTenantInfo Beta = new(Guid.NewGuid(), "beta", "Beta", "active", "EUR");

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly TenantShelf _shelf = new(Acme, Beta);
    private readonly ServiceProvider _services;

    public TenancyTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("MultiTenancy:BaseDomain", (string?)"crm.example")]).Build());
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(_shelf);
        services.AddMultiTenant().WithHostStrategy().WithHeaderStrategy().WithClaimStrategy().WithStore<ShelfStore>();
        _services = services.BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ITenantResolver Resolver => _services.GetRequiredService<ITenantResolver>();

    private ITenantScope Scope => _services.GetRequiredService<ITenantScope>();

    private CrmTenantInfo? Present => _services.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo;

    [Theory]
    [InlineData("acme.crm.example", "acme")]
    [InlineData("ACME.CRM.EXAMPLE", "acme")]
    [InlineData("acme.crm.example.", "acme")]
    [InlineData("www.crm.example", null)]
    [InlineData("crm.example", null)]
    [InlineData("a.acme.crm.example", null)]
    [InlineData("acme.crm.example.attacker.example", null)]
    [InlineData("acmecrm.example", null)]
    [InlineData("127.0.0.1", null)]
    public async Task The_host_name_names_a_tenant_by_its_first_label_under_the_base_domain_only(string host, string? expected) =>
        (await Resolver.GetIdentifiersAsync(Request(host: host))).SingleOrDefault().ShouldBe(expected);

    [Theory]
    [InlineData("beta", "beta")]
    [InlineData(" beta ", "beta")]
    [InlineData("", null)]
    [InlineData("beta,acme", "beta,acme")]
    public async Task The_header_names_a_tenant(string header, string? expected) =>
        (await Resolver.GetIdentifiersAsync(Request(header: header))).SingleOrDefault().ShouldBe(expected);

    [Fact]
    public async Task The_claim_goes_before_the_header_and_the_header_before_the_host_name_however_they_were_registered()
    {
        (await Resolver.GetIdentifiersAsync(Request("beta.crm.example", "acme", Beta.Id))).ShouldBe([Beta.Id, "acme", "beta"]);

        var context = await Resolver.ResolveAsync(Request("beta.crm.example", "acme", Beta.Id), Cancellation);
        context.TenantInfo.ShouldBe(Beta);
        context.Strategy.ShouldBe("claim");
    }

    [Fact]
    public async Task A_strategy_that_names_no_known_tenant_leaves_the_word_to_the_next()
    {
        var context = await Resolver.ResolveAsync(Request("beta.crm.example", "gamma"), Cancellation);

        context.TenantInfo.ShouldBe(Beta);
        context.Strategy.ShouldBe("host");
    }

    [Fact]
    public async Task A_tenant_is_known_by_its_header_where_nothing_else_names_it()
    {
        var context = await Resolver.ResolveAsync(Request(header: "acme"), Cancellation);

        context.TenantInfo.ShouldBe(Acme);
        context.Strategy.ShouldBe("header");
    }

    [Fact]
    public async Task What_is_no_request_names_no_tenant() => (await Resolver.GetIdentifiersAsync("acme")).ShouldBeEmpty();

    [Fact]
    public async Task A_request_that_names_no_tenant_resolves_to_none()
    {
        var context = await Resolver.ResolveAsync(Request(), Cancellation);

        context.IsResolved.ShouldBeFalse();
        context.TenantInfo.ShouldBeNull();
    }

    [Fact]
    public async Task A_suspension_is_seen_after_a_second_and_the_store_is_asked_once_until_then()
    {
        (await ResolveAcme())!.Status.ShouldBe("active");
        _shelf.Put(Acme with { Status = "suspended" });

        _time.Advance(TimeSpan.FromMilliseconds(999));
        (await ResolveAcme())!.Status.ShouldBe("active");
        _shelf.Asked.ShouldBe(1);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await ResolveAcme())!.Status.ShouldBe("suspended");
        _shelf.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Requests_that_ask_while_the_store_is_being_asked_wait_for_the_same_answer()
    {
        _shelf.Close();
        var waiting = Enumerable.Range(0, 20).Select(_ => ResolveAcme()).ToList();
        _shelf.Open();

        (await Task.WhenAll(waiting)).ShouldAllBe(t => t == Acme);
        _shelf.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_of_the_store_is_not_remembered()
    {
        _shelf.Broken = true;
        await Should.ThrowAsync<IOException>(ResolveAcme);
        _shelf.Broken = false;

        (await ResolveAcme()).ShouldBe(Acme);
    }

    [Fact]
    public async Task A_tenant_that_was_not_there_is_looked_for_again()
    {
        var late = new CrmTenantInfo(Guid.NewGuid(), "late", "Late", "active", "USD");
        (await Resolver.ResolveAsync(Request(claim: late.Id), Cancellation)).TenantInfo.ShouldBeNull();
        _shelf.Put(late);

        (await Resolver.ResolveAsync(Request(claim: late.Id), Cancellation)).TenantInfo.ShouldBe(late);
    }

    [Fact]
    public async Task A_tenant_that_is_known_by_its_id_is_found_as_requests_find_it()
    {
        (await Resolver.FindAsync(Acme.TenantId, Cancellation)).ShouldBe(Acme);
        (await ResolveAcme()).ShouldBe(Acme);
        _shelf.Asked.ShouldBe(1);

        (await Resolver.FindAsync(Guid.NewGuid(), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public void A_scope_sets_the_tenant_and_restores_its_parent()
    {
        Present.ShouldBeNull();
        using (Scope.Use(Acme))
        {
            Present.ShouldBe(Acme);
            using (Scope.Use(Beta))
                Present.ShouldBe(Beta);
            Present.ShouldBe(Acme);
        }

        Present.ShouldBeNull();
    }

    [Fact]
    public void A_scope_that_is_disposed_twice_restores_once()
    {
        var scope = Scope.Use(Acme);
        scope.Dispose();
        using (Scope.Use(Beta))
        {
            scope.Dispose();
            Present.ShouldBe(Beta);
        }
    }

    [Fact]
    public async Task A_scope_is_seen_by_what_it_calls_and_not_by_what_runs_beside_it()
    {
        var inside = new TaskCompletionSource();
        var seen = new TaskCompletionSource();
        var first = Task.Run(
            async () =>
            {
                using var scope = Scope.Use(Acme);
                inside.SetResult();
                await seen.Task;
                await Task.Yield();
                return Present;
            },
            Cancellation);
        await inside.Task;
        Present.ShouldBeNull();
        (await Task.Run(() => Present, Cancellation)).ShouldBeNull();
        seen.SetResult();

        (await first).ShouldBe(Acme);
    }

    private async Task<CrmTenantInfo?> ResolveAcme() => (await Resolver.ResolveAsync(Request(claim: Acme.Id), Cancellation)).TenantInfo;

    private static DefaultHttpContext Request(string? host = null, string? header = null, string? claim = null)
    {
        var http = new DefaultHttpContext();
        if (host is not null)
            http.Request.Host = new HostString(host, 8080);
        if (header is not null)
            http.Request.Headers["X-Tenant"] = header;
        if (claim is not null)
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("tid", claim)], "test"));
        return http;
    }
}
