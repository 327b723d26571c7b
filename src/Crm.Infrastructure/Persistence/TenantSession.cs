using Crm.Application.MultiTenancy;
using Crm.Application.Persistence;
using Crm.Domain.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// The seam. A statement outside of a transaction travels as one batch with the setting of the tenant in front: one round trip, and, since
/// a batch ends in one Sync, one transaction. Within a transaction the tenant was set when it began.
/// </summary>
[Scoped(AlsoAsItself = true)]
internal sealed class TenantSession(
    NpgsqlDataSource dataSource, IMultiTenantContextAccessor tenants, IDbContextFactory<CrmDbContext> contexts) : ITenantSession, IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private CrmDbContext? _context;

    public CrmTenantInfo Tenant => tenants.MultiTenantContext.TenantInfo ?? throw new InvalidOperationException("There is no tenant.");

    public bool InTransaction => _transaction is not null;

    public ICrmDatabase Database => Context;

    /// <summary>The context of the running transaction, stamped with its tenant.</summary>
    internal CrmDbContext Context
    {
        get
        {
            if (_transaction is null)
                throw new InvalidOperationException("EF Core is used within a transaction only: mark the command ITransactional.");
            if (_context is not null)
                return _context;

            _context = contexts.CreateDbContext();
            _context.TenantId = Tenant.TenantId;
            _context.Database.SetDbConnection(_connection, contextOwnsConnection: false);
            _context.Database.UseTransaction(_transaction);
            _context.ChangeTracker.Tracking += StampTenant;
            return _context;
        }
    }

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            throw new InvalidOperationException("A transaction is running.");

        _connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            _transaction = await _connection.BeginTransactionAsync(cancellationToken);

            // BEGIN travels with the next command, so this is one round trip.
            await using var command = new NpgsqlCommand(TenantSetting.Sql, _connection, _transaction) { Parameters = { TenantParameter() } };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch
        {
            // A request may break off between any two steps; a transaction that did not begin holds no connection.
            await RollbackAsync();
            throw;
        }
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_transaction is null)
            throw new InvalidOperationException("No transaction is running.");
        await _transaction.CommitAsync(cancellationToken);
        await EndAsync();
    }

    public async Task RollbackAsync()
    {
        // Disposing a transaction that was not committed rolls it back.
        if (_connection is not null)
            await EndAsync();
    }

    public async Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            return await work(cancellationToken);

        await BeginAsync(cancellationToken);
        try
        {
            var result = await work(cancellationToken);
            await CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            await RollbackAsync();
        }
    }

    public async ValueTask DisposeAsync() => await RollbackAsync();

    /// <summary>Reads the rows of a statement.</summary>
    public Task<List<T>> QueryAsync<T>(Sql sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        RunAsync([sql.ToCommand(Tenant.TenantId)], (reader, token) => reader.RowsAsync(row, token), cancellationToken);

    /// <summary>Reads the first row of a statement; the default of its type when there is none.</summary>
    public Task<T?> SingleAsync<T>(Sql sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        RunAsync([sql.ToCommand(Tenant.TenantId)], (reader, token) => reader.FirstAsync(row, token), cancellationToken);

    /// <summary>Runs a statement of which nothing is read.</summary>
    /// <returns>How many rows it wrote.</returns>
    public Task<int> ExecuteAsync(Sql sql, CancellationToken cancellationToken) =>
        RunAsync([sql.ToCommand(Tenant.TenantId)], static (reader, _) => Task.FromResult(reader.RecordsAffected), cancellationToken);

    /// <summary>Runs statements in one round trip of which nothing is read.</summary>
    public Task ExecuteAsync(IReadOnlyList<Sql> statements, CancellationToken cancellationToken) =>
        RunAsync(statements, static (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Runs several statements in one round trip.</summary>
    /// <param name="statements">At least one.</param>
    /// <param name="read">Reads the results, beginning with those of the first statement.</param>
    public Task<T> RunAsync<T>(
        IReadOnlyList<Sql> statements, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(statements.Select(s => s.ToCommand(Tenant.TenantId)), read, cancellationToken);

    /// <summary>Runs finished commands in one round trip.</summary>
    public async Task<T> RunAsync<T>(
        IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        await using var own = _connection is null ? await dataSource.OpenConnectionAsync(cancellationToken) : null;
        try
        {
            await using var batch = new NpgsqlBatch(own ?? _connection, _transaction);
            if (own is not null)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(TenantSetting.Sql) { Parameters = { TenantParameter() } });
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            return await batch.ReadAsync(skip: own is null ? 0 : 1, read, cancellationToken);
        }
        catch (PostgresException error) when (DatabaseErrors.Translate(error) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Runs statements in one round trip of which nothing is read.</summary>
    public Task ExecuteAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancellationToken) =>
        ExecuteAsync(statements, static (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Runs statements in one round trip.</summary>
    public Task<T> ExecuteAsync<T>(
        IReadOnlyList<SqlStatement> statements, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(statements.Select(s => s.ToCommand()), read, cancellationToken);

    private void StampTenant(object? sender, EntityTrackingEventArgs tracked)
    {
        if (!tracked.FromQuery && tracked.Entry.Entity is Entity entity)
            entity.BelongTo(Tenant.TenantId);
    }

    private NpgsqlParameter<string> TenantParameter() => new() { TypedValue = Tenant.Id };

    private async ValueTask EndAsync()
    {
        var (context, transaction, connection) = (_context, _transaction, _connection);
        (_context, _transaction, _connection) = (null, null, null);
        try
        {
            if (context is not null)
            {
                context.ChangeTracker.Tracking -= StampTenant;
                context.TenantId = Guid.Empty;
                await context.DisposeAsync();
            }

            if (transaction is not null)
                await transaction.DisposeAsync();
        }
        finally
        {
            // Whatever a broken connection answers to the rollback, it goes back to the pool, which drops it.
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }
}
