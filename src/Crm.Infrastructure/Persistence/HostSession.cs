using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// The way to what is above tenants, and to a tenant's rows where there is no request of that tenant, as at sign-in or in jobs. Each
/// call is one round trip and, outside of <see cref="InTransactionAsync"/>, one transaction.
/// </summary>
[Singleton]
internal sealed class HostSession
{
    private readonly NpgsqlDataSource _database;
    private readonly Guid? _tenantId;
    private readonly NpgsqlTransaction? _transaction;

    public HostSession(NpgsqlDataSource database)
        : this(database, tenantId: null, transaction: null)
    {
    }

    private HostSession(NpgsqlDataSource database, Guid? tenantId, NpgsqlTransaction? transaction) =>
        (_database, _tenantId, _transaction) = (database, tenantId, transaction);

    /// <summary>The same, in the name of a tenant: its id is set in front of the statements, in the same round trip.</summary>
    public HostSession In(Guid tenantId) => new(_database, tenantId, _transaction);

    /// <summary>Reads the rows of a statement.</summary>
    public Task<List<T>> QueryAsync<T>(Sql sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        RunAsync([sql], (reader, token) => reader.RowsAsync(row, token), cancellationToken);

    /// <summary>Reads the first row of a statement; the default of its type when there is none.</summary>
    public Task<T?> SingleAsync<T>(Sql sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        RunAsync([sql], (reader, token) => reader.FirstAsync(row, token), cancellationToken);

    /// <summary>Runs a statement of which nothing is read.</summary>
    /// <returns>How many rows it wrote.</returns>
    public Task<int> ExecuteAsync(Sql sql, CancellationToken cancellationToken) =>
        RunAsync([sql], static (reader, _) => Task.FromResult(reader.RecordsAffected), cancellationToken);

    /// <summary>Runs statements in one round trip of which nothing is read.</summary>
    public Task ExecuteAsync(IReadOnlyList<Sql> statements, CancellationToken cancellationToken) =>
        RunAsync(statements, static (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Runs several statements in one round trip.</summary>
    /// <param name="statements">At least one.</param>
    /// <param name="read">Reads the results, beginning with those of the first statement.</param>
    public Task<T> RunAsync<T>(
        IReadOnlyList<Sql> statements, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(statements.Select(s => s.ToCommand(_tenantId)), read, cancellationToken);

    /// <summary>Runs finished commands in one round trip.</summary>
    public async Task<T> RunAsync<T>(
        IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        await using var own = _transaction is null ? await _database.OpenConnectionAsync(cancellationToken) : null;
        await using var batch = new NpgsqlBatch(own ?? _transaction!.Connection, _transaction);
        if (_tenantId is { } tenant)
            batch.BatchCommands.Add(TenantSetting.Of(tenant));
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return await batch.ReadAsync(skip: _tenantId is null ? 0 : 1, read, cancellationToken);
    }

    /// <summary>Does something in one transaction, which is rolled back unless it ends well.</summary>
    /// <param name="work">The work; it uses the session it is given.</param>
    public async Task<T> InTransactionAsync<T>(Func<HostSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            return await work(this, cancellationToken);

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(new HostSession(_database, _tenantId, transaction), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>
    /// Takes a lock that lasts until the answer is disposed; <c>null</c> when somebody else has it. It belongs to a transaction that does
    /// nothing else, so the database releases it when the process dies.
    /// </summary>
    public async Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken)
    {
        var connection = await _database.OpenConnectionAsync(cancellationToken);
        var taken = false;
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            taken = await new HostSession(_database, tenantId: null, transaction).SingleAsync(
                Sql.Of($"SELECT pg_try_advisory_xact_lock(hashtextextended({Sql.Text(name)}, 0))"),
                row => row.GetBoolean(0), cancellationToken);
            return taken ? connection : null;
        }
        finally
        {
            if (!taken)
                await connection.DisposeAsync();
        }
    }
}

/// <summary>What both sessions do with a batch and its results.</summary>
internal static class BatchReading
{
    /// <summary>Runs a batch and reads its results.</summary>
    /// <param name="skip">The results in front that are nobody's.</param>
    public static async Task<T> ReadAsync<T>(
        this NpgsqlBatch batch, int skip, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var i = 0; i < skip; i++)
            await reader.NextResultAsync(cancellationToken);
        var result = await read(reader, cancellationToken);

        // A fault in a later statement, or at the implicit commit, surfaces only when it is reached.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return result;
    }

    /// <summary>Reads the rows of the present result.</summary>
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>Reads the first row of the present result; the default of its type when there is none.</summary>
    public static async Task<T?> FirstAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? row(reader) : default;
}
