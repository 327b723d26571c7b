using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Application.Authorization;
using Crm.Application.ChangeLog;
using Crm.Application.Messaging.Pipeline;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;
using Crm.Infrastructure.Persistence.Records;
using Crm.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ChangeLog;

/// <summary>
/// Saves what EF tracks and writes an entry for each record in the same transaction. The save is a statement of its own, with nothing in
/// front of it: a statement put before would shift the results by which EF notices that a version was stale.
/// </summary>
[Scoped]
internal sealed class ChangeLogWriter(TenantSession session, RecordModel types, ICaller caller, RequestOrigin origin, ValueEncryption encryption, TimeProvider clock) : IChangeLog
{
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        var context = session.Context;
        context.ChangeTracker.DetectChanges();
        await encryption.EncryptAsync(context, cancellationToken);
        var now = clock.GetUtcNow();
        var written = context.ChangeTracker.Entries<Record>().Where(e => e.State is EntityState.Added or EntityState.Modified).ToList();
        foreach (var entry in written)
            Log(context, entry, now);

        try
        {
            await context.SaveChangesAsync(cancellationToken);
            await KeepValueRowsAsync(written.Select(e => e.Entity), cancellationToken);
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

    private async Task KeepValueRowsAsync(IEnumerable<Record> records, CancellationToken cancellationToken)
    {
        var statements = new List<SqlStatement>();
        foreach (var record in records)
        {
            foreach (var field in types.FindByEntity(record.GetType())?.Fields.Where(f => f.ValueTable is not null) ?? [])
            {
                var statement = new SqlStatement(session.Tenant.TenantId);
                statement.Append($"WITH r AS (SELECT {statement.Parameter(record.Id, NpgsqlDbType.Uuid)} AS id)");
                statements.Add(statement.Append(ValueRows.Replace(statement, field, field.Get(record), "r")).Append(" SELECT 1"));
            }
        }

        if (statements.Count > 0)
            await session.ExecuteAsync(statements, cancellationToken);
    }

    private void Log(CrmDbContext context, EntityEntry<Record> entry, DateTimeOffset now)
    {
        var record = entry.Entity;
        var before = entry.State == EntityState.Added ? null : (Record)entry.OriginalValues.ToObject();
        var type = types.FindByEntity(record.GetType());
        var fields = type is null ? Difference(entry) : ChangeSql.Difference(type, before, record);
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
            ActorId = caller.ActorId,
            Origin = origin.Name,
            Address = caller.Address,
            SessionId = caller.SessionId,
            CorrelationId = caller.CorrelationId,
            Fields = fields,
        });
    }

    // What is no record of the API, as a membership, is told by the model's own properties.
    private static string? Difference(EntityEntry<Record> entry)
    {
        var isNew = entry.State == EntityState.Added;
        var fields = new JsonObject();
        foreach (var property in entry.Properties.Where(p => p.Metadata.PropertyInfo?.DeclaringType == entry.Metadata.ClrType))
        {
            if (isNew ? property.CurrentValue is not null : !Equals(property.OriginalValue, property.CurrentValue))
            {
                fields[JsonNamingPolicy.CamelCase.ConvertName(property.Metadata.Name)] = new JsonObject
                {
                    ["from"] = isNew ? null : JsonSerializer.SerializeToNode(property.OriginalValue),
                    ["to"] = JsonSerializer.SerializeToNode(property.CurrentValue),
                };
            }
        }

        return isNew || fields.Count > 0 ? fields.ToJsonString() : null;
    }
}
