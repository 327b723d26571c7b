using Crm.Application.Tenants;
using Npgsql;

namespace Crm.Infrastructure.Administration;

/// <summary>
/// Claims that are locks of a transaction that does nothing else. The database lets go of them when the connection ends, so a node that
/// dies
/// leaves none behind.
/// </summary>
internal sealed class TenantClaims(NpgsqlDataSource database) : ITenantClaims, IDisposable
{
    // A creation needs a second connection beside the claim's: were there no bound, claims alone could fill the pool and wait for
    // themselves.
    private readonly SemaphoreSlim _turns = new(4);

    public async Task<IAsyncDisposable?> TryTakeAsync(string identifier, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        var claim = new Claim(_turns);
        var taken = false;
        try
        {
            taken = await claim.TryTakeAsync(database, identifier, cancellationToken);
            return taken ? claim : null;
        }
        finally
        {
            if (!taken)
                await claim.DisposeAsync();
        }
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Claim(SemaphoreSlim turns) : IAsyncDisposable
    {
        private NpgsqlConnection? _connection;

        public async Task<bool> TryTakeAsync(NpgsqlDataSource database, string identifier, CancellationToken cancellationToken)
        {
            _connection = await database.OpenConnectionAsync(cancellationToken);
            var transaction = await _connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock(hashtextextended('tenant:' || $1, 0))", _connection, transaction)
            {
                Parameters = { new() { Value = identifier } },
            };
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                // Giving the connection back to the pool rolls its transaction back, which lets go of the lock.
                if (_connection is not null)
                    await _connection.DisposeAsync();
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
