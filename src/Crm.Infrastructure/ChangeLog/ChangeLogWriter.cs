using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Saves what EF tracks and writes an entry for each record in the same transaction. The save is a statement of its own, with nothing in
/// front of it: a statement put before would shift the results by which EF notices that a version was stale.
/// </summary>
internal sealed class ChangeLogWriter(TenantSession session, RecordTypes types, ICaller caller, RequestOrigin origin, TimeProvider clock) : IChangeLog
{
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        var context = session.Context;
        context.ChangeTracker.DetectChanges();
        var now = clock.GetUtcNow();
        foreach (var entry in context.ChangeTracker.Entries<Record>().Where(e => e.State is EntityState.Added or EntityState.Modified).ToList())
            Log(context, entry, now);

        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new StaleVersionException(current: null);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException inner && DatabaseErrors.Translate(inner) is { } refusal)
        {
            throw refusal;
        }
    }

    private void Log(CrmDbContext context, EntityEntry<Record> entry, DateTimeOffset now)
    {
        var record = entry.Entity;
        var before = entry.State == EntityState.Added ? null : (Record)entry.OriginalValues.ToObject();
        var type = types.FindByEntity(record.GetType());
        var fields = type is null ? "{}" : ChangeSql.Difference(type, before, record);
        if (fields is null)
        {
            entry.State = EntityState.Unchanged;
            return;
        }

        if (before is null)
            record.MarkCreated(now);
        else
            record.MarkChanged(now);
        context.Changes.Add(new Change
        {
            RecordType = type?.Name ?? ModelConventions.SnakeCase(record.GetType().Name),
            RecordId = record.Id,
            Version = record.Version,
            Action = before is null ? ChangeActions.Created : ChangeActions.Updated,
            ActorType = caller.ActorType,
            ActorId = caller.UserId,
            Origin = origin.Name,
            CorrelationId = caller.CorrelationId,
            Fields = fields,
        });
    }
}
