using System.Diagnostics.Metrics;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Crm.Domain.Tenants;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Pipeline;

public sealed class PipelineTests(PipelineFixture fixture) : IClassFixture<PipelineFixture>
{
    private static readonly string[] Nothing = [];

    [Fact]
    public void The_behaviors_stand_in_the_documented_order() =>
        Messaging.Pipeline.Pipeline.Behaviors.Select(b => b.Name.Split("Behavior")[0]).ShouldBe(
        [
            "Logging", "Tenant", "Authorization", "Lockout", "PasswordPolicy", "Validation", "Caching", "CacheInvalidation", "LogSignal", "Transaction", "ChangeLog",
        ]);

    [Fact]
    public async Task A_request_that_needs_a_tenant_is_refused_without_one()
    {
        (await Should.ThrowAsync<UnauthenticatedException>(() => fixture.SendAsync(new Member(), tenant: null, Nothing))).Code.ShouldBe("tenant_missing");
        (await fixture.SendAsync(new Anyone(), tenant: null, permissions: null)).ShouldBe("anyone");
    }

    [Fact]
    public async Task A_suspended_tenant_is_closed()
    {
        var suspended = fixture.Alpha with { Status = TenantStatuses.Suspended };

        (await Should.ThrowAsync<ForbiddenException>(() => fixture.SendAsync(new Member(), suspended, Nothing))).Code.ShouldBe("tenant_suspended");
    }

    [Fact]
    public async Task A_caller_needs_what_the_request_declares()
    {
        await Should.ThrowAsync<UnauthenticatedException>(() => fixture.SendAsync(new Member(), fixture.Alpha, permissions: null));
        (await Should.ThrowAsync<ForbiddenException>(() => fixture.SendAsync(new Guarded(), fixture.Alpha, ["contacts:write"]))).Code.ShouldBe("permission_missing");
        (await Should.ThrowAsync<ForbiddenException>(() => fixture.SendAsync(new OperatorOnly(), tenant: null, ["contacts:read"]))).Code.ShouldBe("host_only");
        (await fixture.SendAsync(new Guarded(), fixture.Alpha, ["contacts:read"])).ShouldBe("fine");
    }

    [Fact]
    public async Task Authorization_comes_before_validation_which_tells_all_faults()
    {
        await Should.ThrowAsync<ForbiddenException>(() => fixture.SendAsync(new Guarded("A"), fixture.Alpha, Nothing));

        var refusal = await Should.ThrowAsync<InvalidException>(() => fixture.SendAsync(new Guarded("A"), fixture.Alpha, ["contacts:read"]));

        refusal.Errors.Select(e => (e.Pointer, e.Code)).ShouldBe([("/text", "too_short"), ("/text", "not_lower")]);
    }

    [Fact]
    public async Task A_cached_answer_is_made_once_per_tenant_and_anew_when_a_command_made_it_untrue()
    {
        Counted.Made = 0;
        Task<string> Ask(CrmTenantInfo tenant) => fixture.SendAsync(new Counted("one"), tenant, Nothing);

        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ask(fixture.Alpha)))).ShouldAllBe(a => a == "alpha");
        Counted.Made.ShouldBe(1);
        (await Ask(fixture.Beta)).ShouldBe("beta");
        Counted.Made.ShouldBe(2);

        await fixture.SendAsync(new Recount("one"), fixture.Alpha, Nothing);
        await Ask(fixture.Alpha);
        await Ask(fixture.Beta);
        Counted.Made.ShouldBe(3);

        await Should.ThrowAsync<InvalidOperationException>(() => fixture.SendAsync(new Recount("one", Fails: true), fixture.Alpha, Nothing));
        await Ask(fixture.Alpha);
        Counted.Made.ShouldBe(3);
    }

    [Fact]
    public async Task A_cached_answer_is_not_served_to_one_who_may_not_ask()
    {
        await fixture.SendAsync(new Counted("two"), fixture.Alpha, Nothing);

        await Should.ThrowAsync<UnauthenticatedException>(() => fixture.SendAsync(new Counted("two"), fixture.Alpha, permissions: null));
    }

    [Fact]
    public async Task A_command_through_EF_saves_and_logs_each_record_with_its_differences()
    {
        var id = await fixture.SendAsync(new AddPipeline("Logged"), fixture.Alpha, Nothing);
        await fixture.SendAsync(new RenamePipeline(id, "Renamed"), fixture.Alpha, Nothing);
        await fixture.SendAsync(new RenamePipeline(id, "Renamed"), fixture.Alpha, Nothing);

        (await ChangesOfAsync(id)).ShouldBe([
            """1 created AddPipeline test-trace {"name": {"to": "Logged", "from": null}, "position": {"to": 0, "from": null}}""",
            """2 updated RenamePipeline test-trace {"name": {"to": "Renamed", "from": "Logged"}}""",
        ]);
    }

    [Fact]
    public async Task What_a_command_does_by_others_is_logged_under_its_own_name()
    {
        var id = await fixture.SendAsync(new AddAndRenamePipeline("Outer"), fixture.Alpha, Nothing);

        (await ChangesOfAsync(id)).Select(c => string.Join(' ', c.Split(' ').Take(3))).ShouldBe(["1 created AddAndRenamePipeline", "2 updated AddAndRenamePipeline"]);
    }

    [Fact]
    public async Task A_command_that_fails_leaves_neither_records_nor_changes()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => fixture.SendAsync(new AddPipeline("Never", Fails: true), fixture.Alpha, Nothing));

        (await ScalarAsync("SELECT count(*) FROM pipelines WHERE name = 'Never'")).ShouldBe(0L);
        (await ScalarAsync("SELECT count(*) FROM changes WHERE fields -> 'name' ->> 'to' = 'Never'")).ShouldBe(0L);
    }

    [Fact]
    public async Task Every_request_is_measured_with_its_outcome()
    {
        var seen = new List<(string?, string?)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument is { Meter.Name: "Crm", Name: "crm.request.duration" }) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value?.ToString());
            lock (seen)
                seen.Add((named["request"], named["outcome"]));
        });
        listener.Start();

        await fixture.SendAsync(new Guarded(), fixture.Alpha, ["contacts:read"]);
        await Should.ThrowAsync<ForbiddenException>(() => fixture.SendAsync(new Guarded(), fixture.Alpha, Nothing));
        await Should.ThrowAsync<InvalidOperationException>(() => fixture.SendAsync(new Recount("x", Fails: true), fixture.Alpha, Nothing));
        foreach (var byCaller in new[] { true, false })
        {
            using var hangsUp = new CancellationTokenSource();
            await Should.ThrowAsync<OperationCanceledException>(() => fixture.SendAsync(new BreakOff(hangsUp, byCaller), tenant: null, Nothing, hangsUp.Token));
        }

        // Other tests run beside this one, so there may be more than what is looked for.
        lock (seen)
            new (string?, string?)[] { ("Guarded", "ok"), ("Guarded", "permission_missing"), ("Recount", "failed"), ("BreakOff", "cancelled"), ("BreakOff", "failed") }.ShouldBeSubsetOf(seen);
    }

    private async Task<List<string>> ChangesOfAsync(Guid id)
    {
        await using var connection = new NpgsqlConnection(fixture.Api.Database.SuperConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT format('%s %s %s %s %s', version, action, origin, correlation_id, fields) FROM changes WHERE record_id = $1 ORDER BY version", connection) { Parameters = { new() { Value = id } } };
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.Api.Database.SuperConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
