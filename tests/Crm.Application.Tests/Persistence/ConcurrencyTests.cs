using System.Net;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Domain.Companies;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
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

    private async Task InSessionAsync(Func<ITenantSession, Task> act)
    {
        await using var scope = _api.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        using var within = scope.ServiceProvider.GetRequiredService<ITenantScope>().Use(new CrmTenantInfo(_tenant.Id, _tenant.Identifier, "Racers", "active", "USD"));
        await act(scope.ServiceProvider.GetRequiredService<ITenantSession>());
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
