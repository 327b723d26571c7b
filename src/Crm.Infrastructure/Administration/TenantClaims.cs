using Crm.Application.Tenants;
using Crm.Infrastructure.Persistence;

namespace Crm.Infrastructure.Administration;

/// <summary>Claims are locks in the database, which releases them when the connection ends: a node that dies leaves none.</summary>
[Singleton]
internal sealed class TenantClaims(HostSession host) : ITenantClaims, IDisposable
{
    // A creation needs a second connection beside the claim's: without a limit, claims alone could fill the pool and wait for themselves.
    private readonly SemaphoreSlim _turns = new(4);

    public async Task<IAsyncDisposable?> TryTakeAsync(string identifier, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        Claim? claim = null;
        try
        {
            if (await host.TryLockAsync("tenant:" + identifier, cancellationToken) is { } taken)
                claim = new Claim(taken, _turns);
            return claim;
        }
        finally
        {
            if (claim is null)
                _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Claim(IAsyncDisposable taken, SemaphoreSlim turns) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await taken.DisposeAsync();
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
