namespace Crm.Application.ChangeLog;

/// <summary>Saves through EF so that no change goes unlogged.</summary>
public interface IChangeLog
{
    /// <summary>
    /// Saves what has changed in the running transaction: new and changed records get their version and times, and for each one an entry
    /// with the difference per field is added to the change log. Does nothing when nothing has changed.
    /// </summary>
    /// <exception cref="Domain.Common.StaleVersionException">A record was changed by someone else meanwhile.</exception>
    Task SaveAsync(CancellationToken cancellationToken);
}
