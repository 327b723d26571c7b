using System.Reflection;
using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;
using Crm.Isolation.Tests.Probing;
using Crm.Isolation.Tests.Statements;
using Crm.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Rows;

[Collection(ProbedApi.Name)]
public sealed class RowTests(ProbedFixture probed)
{
    private Guid Own => probed.Tenants.Own.Tenant.Id;

    private Guid Other => probed.Tenants.Other.Tenant.Id;

    private ApiHost Api => probed.Tenants.Api;

    [Fact]
    public async Task No_statement_of_the_application_reads_or_writes_another_tenant_s_rows_in_any_table()
    {
        await using var app = await SqlExtensions.OpenAsync(Api.Database.AppConnectionString);

        (await new RowCheck(app, probed.Tenants.Superuser, Own, Other).FindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task With_its_filters_off_EF_reads_own_rows_only()
    {
        await InTransactionAsync(async context =>
        {
            var isolated = context.Model.GetEntityTypes().Where(e => typeof(Entity).IsAssignableFrom(e.ClrType)).ToList();
            foreach (var entity in isolated)
            {
                var load = GetType().GetMethod(nameof(LoadAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(entity.ClrType);
                var rows = await (Task<IReadOnlyList<Entity>>)load.Invoke(null, [context])!;
                rows.ShouldNotBeEmpty(entity.ClrType.Name);
                rows.ShouldAllBe(row => row.TenantId == Own, entity.ClrType.Name);
            }

            isolated.Count.ShouldBeGreaterThan(8);
        });
    }

    [Fact]
    public async Task With_its_filters_off_EF_changes_and_deletes_no_foreign_row()
    {
        await InTransactionAsync(async context =>
        {
            (await context.Companies.IgnoreQueryFilters().Where(c => c.TenantId == Other).ExecuteUpdateAsync(set => set.SetProperty(c => c.City, "x"))).ShouldBe(0);
            (await context.Contacts.IgnoreQueryFilters().Where(c => c.TenantId == Other).ExecuteDeleteAsync()).ShouldBe(0);
        });
    }

    [Fact]
    public async Task Every_entity_of_a_tenant_has_the_tenant_filter()
    {
        await InTransactionAsync(context =>
        {
            context.Model.GetEntityTypes().Where(e => !typeof(IHostEntity).IsAssignableFrom(e.ClrType))
                .Where(e => e.FindDeclaredQueryFilter(CrmDbContext.TenantFilter) is null).Select(e => e.ClrType.Name).ShouldBeEmpty();
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_query_without_the_tenant_filter_is_noticed_by_the_look_at_statements()
    {
        await InTransactionAsync(context =>
        {
            var check = new TenantPredicate(probed.TenantTables);
            check.Findings(context.Companies.Where(c => c.City == "x").ToQueryString()).ShouldBeEmpty();
            check.Findings(context.Companies.IgnoreQueryFilters([CrmDbContext.TenantFilter]).Where(c => c.City == "x").ToQueryString()).ShouldNotBeEmpty();
            return Task.CompletedTask;
        });
    }

    private static async Task<IReadOnlyList<Entity>> LoadAsync<TEntity>(CrmDbContext context)
        where TEntity : Entity => await context.Set<TEntity>().IgnoreQueryFilters().AsNoTracking().ToListAsync();

    private async Task InTransactionAsync(Func<CrmDbContext, Task> act)
    {
        await using var scope = Api.Services.CreateAsyncScope();
        using var tenant = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(new CrmTenantInfo(Own, "own-tenant", "own", "active", "USD"));
        var session = scope.ServiceProvider.GetRequiredService<ITenantSession>();
        await session.BeginAsync(TestContext.Current.CancellationToken);
        await act((CrmDbContext)session.Database);
        await session.RollbackAsync();
    }
}
