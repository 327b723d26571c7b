using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Testing;

/// <summary>Records what a pool sends to the database: one trip after another, each with its statements and their parameters.</summary>
public sealed class SqlRecorder : IDisposable
{
    private readonly ConcurrentQueue<SqlTrip> _trips = new();
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == "Npgsql",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    /// <summary>Begins to record.</summary>
    public SqlRecorder() => ActivitySource.AddActivityListener(_listener);

    /// <summary>A pool as the application's, whose statements are recorded.</summary>
    public NpgsqlDataSource Watch(string connectionString) => DataSources.ForApplication(connectionString, builder => builder.ConfigureTracing(tracing => tracing
        .ConfigureCommandEnrichmentCallback((_, command) => _trips.Enqueue(new SqlTrip([new(command.CommandText, Copy(command.Parameters))], IsInTransaction(command))))
        .ConfigureBatchEnrichmentCallback((_, batch) => _trips.Enqueue(new SqlTrip([.. batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(c => new SqlSent(c.CommandText, Copy(c.Parameters)))], IsInTransaction(batch))))));

    /// <summary>Takes what was recorded since the last time.</summary>
    public IReadOnlyList<SqlTrip> Take()
    {
        var taken = new List<SqlTrip>();
        while (_trips.TryDequeue(out var trip))
            taken.Add(trip);
        return taken;
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    // What a pool makes itself takes a connection for one trip, and refuses to be asked for its transaction.
    private static bool IsInTransaction(NpgsqlCommand command) => command.GetType() == typeof(NpgsqlCommand) && command.Transaction is not null;

    private static bool IsInTransaction(NpgsqlBatch batch) => batch.GetType() == typeof(NpgsqlBatch) && batch.Transaction is not null;

    private static NpgsqlParameter[] Copy(NpgsqlParameterCollection parameters) => [.. parameters.Cast<NpgsqlParameter>().Select(p => p.Clone())];
}

/// <summary>What went to the database at once: one command or one batch.</summary>
/// <param name="Statements">The statements in order.</param>
/// <param name="InTransaction">Whether it was one trip of several in a transaction; otherwise it was a transaction of its own.</param>
public sealed record SqlTrip(IReadOnlyList<SqlSent> Statements, bool InTransaction);

/// <summary>A statement that was sent.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Parameters">Copies of its parameters.</param>
public sealed record SqlSent(string Text, IReadOnlyList<NpgsqlParameter> Parameters);
