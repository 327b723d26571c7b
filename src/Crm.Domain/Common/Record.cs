namespace Crm.Domain.Common;

/// <summary>
/// What every record of the CRM has, whatever its type: a version for optimistic concurrency, its times, an owner and a place in
/// the trash.
/// </summary>
public abstract class Record : Entity
{
    /// <summary>Starts at 1 and grows by one with every change; the strong ETag of the record.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>When the record was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When the record was last changed, UTC; equal to <see cref="CreatedAt"/> until the first change.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When the record was put in the trash, UTC; <c>null</c> while it is live.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>The user responsible for the record, a member of the same tenant.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>Sets the times of a record that is about to be written for the first time.</summary>
    public void MarkCreated(DateTimeOffset now) => CreatedAt = UpdatedAt = now;

    /// <summary>Counts a change: the version grows by one and the time of change is kept.</summary>
    public void MarkChanged(DateTimeOffset now)
    {
        Version++;
        UpdatedAt = now;
    }
}
