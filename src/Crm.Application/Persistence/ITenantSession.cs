using Crm.Application.MultiTenancy;

namespace Crm.Application.Persistence;

/// <summary>
/// The one way to a tenant's data: it knows the tenant, sets it in the same round trip as the first statement, and shares connection and
/// transaction among all who use it within a scope.
/// </summary>
public interface ITenantSession
{
    /// <summary>The tenant whose data is reached.</summary>
    /// <exception cref="InvalidOperationException">There is no tenant.</exception>
    CrmTenantInfo Tenant { get; }

    /// <summary>The database as EF Core knows it, within the running transaction.</summary>
    /// <exception cref="InvalidOperationException">No transaction is running: EF Core is used in <see cref="Messaging.ITransactional"/>
    /// commands only.</exception>
    ICrmDatabase Database { get; }

    /// <summary>Whether a transaction is running.</summary>
    bool InTransaction { get; }

    /// <summary>Begins a transaction in the tenant's name.</summary>
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>Makes everything since <see cref="BeginAsync"/> lasting.</summary>
    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Undoes everything since <see cref="BeginAsync"/>; does nothing when no transaction is running.</summary>
    Task RollbackAsync();

    /// <summary>Does something in one transaction: the running one, else one that ends with it.</summary>
    Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>What is built on the session's own members.</summary>
public static class TenantSessionExtensions
{
    /// <summary>Does something that returns nothing in one transaction: the running one, else one that ends with it.</summary>
    public static Task InTransactionAsync(
        this ITenantSession session, Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        session.InTransactionAsync(
            async token =>
            {
                await work(token);
                return true;
            },
            cancellationToken);
}
