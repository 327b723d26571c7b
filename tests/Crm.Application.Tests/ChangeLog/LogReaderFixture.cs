using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Npgsql;
using Xunit;

namespace Crm.Application.Tests.ChangeLog;

/// <summary>A database with a table that a reader writes to, and with nothing that reads by itself.</summary>
public sealed class LogReaderFixture : IAsyncLifetime
{
    private int _tenants;

    internal ApiHost Api { get; private set; } = null!;

    internal NpgsqlDataSource Superuser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync(("Audit:SealInterval", "01:00:00"), ("Audit:FlushInterval", "01:00:00"));
        Superuser = NpgsqlDataSource.Create(Api.Database.SuperConnectionString);
        await ExecuteAsync("CREATE TABLE handled (reader text, log text, place bigint GENERATED ALWAYS AS IDENTITY, id uuid)");
        await ExecuteAsync("GRANT SELECT, INSERT ON handled TO crm_app");
    }

    public async ValueTask DisposeAsync()
    {
        await Superuser.DisposeAsync();
        await Api.DisposeAsync();
    }

    internal async Task<Guid> NewTenantAsync() => (await Api.CreateTenantAsync($"read-{Interlocked.Increment(ref _tenants)}")).Id;

    internal async Task ExecuteAsync(string sql, params object[] values) =>
        await SqlOf(sql, values).ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

    internal async Task<T> ScalarAsync<T>(string sql, params object[] values) =>
        (T)(await SqlOf(sql, values).ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

    internal async Task<List<Guid>> IdsAsync(string sql, params object[] values)
    {
        await using var reader = await SqlOf(sql, values).ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    private NpgsqlCommand SqlOf(string sql, object[] values)
    {
        var command = Superuser.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}

/// <summary>A reader that writes down the ids of what it is given.</summary>
internal sealed class Recorder(string name, int batchSize) : LogReader
{
    public LogDelivery Delivers { get; init; } = LogDelivery.ExactlyOnce;

    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    public Guid? FailsFor { get; set; }

    public Func<Task>? BeforeHandling { get; set; }

    public override string Name => name;

    public override TimeSpan PollInterval => Interval;

    public override LogDelivery Delivery => Delivers;

    public override int BatchSize => batchSize;

    public override async Task HandleAsync(LogBatch batch, HostSession session, CancellationToken cancellationToken)
    {
        if (BeforeHandling is { } before)
            await before();
        await session.ExecuteAsync(
            Sql.Of($"""
                INSERT INTO handled (reader, log, id)
                SELECT {Sql.Text(name)}, {Sql.Text(batch.Log.ToString())}, id
                FROM unnest({batch.Entries.Select(e => e.Id).ToArray()}) WITH ORDINALITY AS e (id, ordinal)
                ORDER BY ordinal
                """),
            cancellationToken);
        if (batch.Log.TenantId is { } tenant && tenant == FailsFor)
            throw new InvalidOperationException("Not this one.");
    }
}
