using System.Net;
using System.Text.Json;
using Crm.Application.Authorization;
using Crm.Application.Deals;
using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Companies;
using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Persistence;

/// <summary>Traps that were stepped into once, on the way to a tenant's setting in the same round trip: none may open again.</summary>
public sealed class ConcurrencyTests : IAsyncLifetime
{
    private const int Racers = 12;

    private ApiHost _api = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiHost.StartAsync();
        _tenant = await _api.CreateTenantAsync("racers");
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_stale_version_saved_as_the_first_statement_of_a_transaction_is_refused()
    {
        var id = await CreateAsync();
        (await _tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{id}", new { city = "Second" })).Status.ShouldBe(HttpStatusCode.OK);
        var stale = await LoadAsync(id);

        await InSessionAsync(async session =>
        {
            await session.BeginAsync(Cancellation);
            var context = (CrmDbContext)session.Database;
            context.Attach(stale);
            context.ExpectVersion(stale, 1);
            stale.City = "Late";

            await Should.ThrowAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancellation));
        });

        (await LoadAsync(id)).City.ShouldBe("Second");
    }

    [Fact]
    public async Task Of_racing_updates_of_one_version_one_wins_and_leaves_one_change()
    {
        var id = await CreateAsync();

        var answers = await RaceAsync(i => _tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{id}", new { city = $"City {i}" }, ("If-Match", "\"1\"")));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed).ShouldBe(Racers - 1);
        (await LoadAsync(id)).Version.ShouldBe(2);
        (await ChangesAsync(id)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Racing_updates_without_a_version_all_happen_and_leave_one_change_each()
    {
        var id = await CreateAsync();

        var answers = await RaceAsync(i => _tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{id}", new { city = $"City {i}" }));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        answers.Select(a => a.Body!["version"]!.GetValue<int>()).ShouldBe(Enumerable.Range(2, Racers), ignoreOrder: true);
        (await ChangesAsync(id)).ShouldBe(Enumerable.Range(1, Racers + 1));
    }

    [Fact]
    public async Task Of_racing_deletes_one_wins_and_leaves_one_change()
    {
        var id = await CreateAsync();

        var answers = await RaceAsync(_ => _tenant.Client.SendAsync("DELETE", $"/api/v1/companies/{id}"));

        answers.Count(a => a.Status == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.NotFound).ShouldBe(Racers - 1);
        (await ChangesAsync(id)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Racing_moves_of_cards_of_one_version_leave_one_winner_and_one_change()
    {
        var stages = (await _tenant.Client.SendAsync("GET", "/api/v1/stages?sort=position")).Body!["data"]!.AsArray();
        var deal = await _tenant.Client.CreateAsync("deals", new { name = "Wanted" });

        var answers = await RaceAsync(i => _tenant.Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/move", new { stageId = (Guid)stages[1 + (i % 2)]!["id"]!, version = 1 }));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1, string.Join('\n', answers.Select(a => a.Text)));
        answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed).ShouldBe(Racers - 1);
        (await ChangesAsync((Guid)deal["id"]!)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_stage_is_not_deleted_while_a_deal_is_being_put_into_it()
    {
        var stage = await CreateStageAsync();
        Task<Answer> deleting = null!;
        await InScopeAsync(async services =>
        {
            var session = services.GetRequiredService<ITenantSession>();
            using var body = JsonDocument.Parse($$"""{"name":"Slow","stageId":"{{stage}}"}""");
            await session.BeginAsync(Cancellation);
            await services.GetRequiredService<IMediator>().Send(
                new CreateDeal(RecordBinder.BindCreate<Deal>(services.GetRequiredService<RecordModel>().Of(typeof(Deal)), body.RootElement, RecordView.Of(services.GetRequiredService<ICaller>()))), Cancellation);
            deleting = _tenant.Client.SendAsync("DELETE", $"/api/v1/stages/{stage}");
            await WaitersAsync(1);
            await session.CommitAsync(Cancellation);
        });

        (await deleting).Code.ShouldBe("in_use");
    }

    [Fact]
    public async Task No_deal_is_put_into_a_stage_while_it_is_being_deleted()
    {
        var stage = await CreateStageAsync();
        var (moved, changed) = ((Guid)(await _tenant.Client.CreateAsync("deals", new { name = "Moved" }))["id"]!, (Guid)(await _tenant.Client.CreateAsync("deals", new { name = "Changed" }))["id"]!);
        Task<Answer>[] putting = [];
        await InScopeAsync(async services =>
        {
            var session = services.GetRequiredService<ITenantSession>();
            await session.BeginAsync(Cancellation);
            await services.GetRequiredService<IRecordStore>().DeleteAsync(services.GetRequiredService<RecordModel>().Of(typeof(Stage)), stage, null, Cancellation);
            putting =
            [
                _tenant.Client.SendAsync("POST", "/api/v1/deals", new { name = "New", stageId = stage }),
                _tenant.Client.SendAsync("POST", $"/api/v1/deals/{moved}/move", new { stageId = stage }),
                _tenant.Client.SendAsync("PATCH", $"/api/v1/deals/{changed}", new { stageId = stage }),
            ];
            await WaitersAsync(putting.Length);
            await session.CommitAsync(Cancellation);
        });

        foreach (var answer in await Task.WhenAll(putting))
            answer.Faults.ShouldBe(["/stageId reference_not_found"]);
    }

    [Fact]
    public async Task Companies_put_below_each_other_at_the_same_moment_form_no_circle()
    {
        for (var i = 0; i < Racers; i++)
        {
            var (one, two) = (await CreateAsync(), await CreateAsync());

            var answers = await Task.WhenAll(
                _tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{one}", new { parentId = two }), _tenant.Client.SendAsync("PATCH", $"/api/v1/companies/{two}", new { parentId = one }));

            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1, string.Join('\n', answers.Select(a => a.Text)));
            answers.Single(a => a.Status != HttpStatusCode.OK).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
        }
    }

    [Fact]
    public async Task EF_outside_of_a_transaction_is_refused_by_the_session_and_sees_nothing_without_it()
    {
        await CreateAsync();

        await InSessionAsync(session =>
        {
            Should.Throw<InvalidOperationException>(() => session.Database);
            return Task.CompletedTask;
        });
        await using var unstamped = new CrmDbContext(new DbContextOptionsBuilder<CrmDbContext>().UseNpgsql(_api.Database.AppConnectionString).Options);
        (await unstamped.Companies.CountAsync(Cancellation)).ShouldBe(0);
        (await unstamped.Companies.IgnoreQueryFilters().CountAsync(Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task An_entity_of_another_tenant_cannot_be_saved_in_this_one_s_name()
    {
        var other = await _api.CreateTenantAsync("others");
        await InSessionAsync(async session =>
        {
            await session.BeginAsync(Cancellation);
            var company = new Company { Name = "Stray" };
            company.BelongTo(other.Id);

            Should.Throw<InvalidOperationException>(() => session.Database.Set<Company>().Add(company));
        });
    }

    private static Task<Answer[]> RaceAsync(Func<int, Task<Answer>> run) =>
        Task.WhenAll(Enumerable.Range(0, Racers).Select(i => Task.Run(() => run(i))));

    private async Task<Guid> CreateAsync() => (Guid)(await _tenant.Client.CreateAsync("companies", new { name = "First", city = "First" }))["id"]!;

    private async Task<Company> LoadAsync(Guid id)
    {
        Company? company = null;
        await InSessionAsync(async session =>
        {
            await session.BeginAsync(Cancellation);
            company = await session.Database.Set<Company>().AsNoTracking().SingleAsync(c => c.Id == id, Cancellation);
        });
        return company!;
    }

    private async Task<Guid> CreateStageAsync()
    {
        var pipeline = await _tenant.Client.CreateAsync("pipelines", new { name = "Raced" });
        return (Guid)(await _tenant.Client.CreateAsync("stages", new { name = "Raced", pipelineId = (Guid)pipeline["id"]! }))["id"]!;
    }

    // Until as many connections wait for a lock.
    private async Task WaitersAsync(int count)
    {
        await using var superuser = NpgsqlDataSource.Create(_api.Database.SuperConnectionString);
        await using var command = superuser.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        await Until.ShouldBe(async () => (long)(await command.ExecuteScalarAsync(Cancellation))!, waiting => waiting >= count, TimeSpan.FromSeconds(30));
    }

    private Task InSessionAsync(Func<ITenantSession, Task> act) => InScopeAsync(services => act(services.GetRequiredService<ITenantSession>()));

    private async Task InScopeAsync(Func<IServiceProvider, Task> act)
    {
        await using var scope = _api.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        using var within = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(new CrmTenantInfo(_tenant.Id, _tenant.Identifier, "Racers", "active", "USD"));
        await act(scope.ServiceProvider);
    }

    private async Task<IReadOnlyList<int>> ChangesAsync(Guid id)
    {
        await using var superuser = NpgsqlDataSource.Create(_api.Database.SuperConnectionString);
        await using var command = superuser.CreateCommand("SELECT version FROM changes WHERE record_id = $1 ORDER BY version");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var versions = new List<int>();
        while (await reader.ReadAsync(Cancellation))
            versions.Add(reader.GetInt32(0));
        return versions;
    }
}
