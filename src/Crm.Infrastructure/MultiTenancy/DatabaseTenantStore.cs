using System.Text.Json;
using Crm.Application.Audit;
using Crm.Application.MultiTenancy;
using Crm.Domain.ChangeLog;
using Crm.Domain.Tenants;
using Crm.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>The tenants in the CRM's own database.</summary>
internal sealed class DatabaseTenantStore(NpgsqlDataSource database, Plans plans) : IMultiTenantStore
{
    private const string Select = """
        SELECT id, identifier, name, status, currency, version, plan, limits, delete_after, status_before, time_zone, locale, require_if_match,
               password_min_length, password_require_mixture, session_idle_days, session_lifetime_days
        FROM tenants
        """;

    // One statement: wherever a request breaks off, no change goes untold.
    private const string Update = """
        WITH changed AS (
            UPDATE tenants SET identifier = $3, name = $4, status = $5, currency = $6, plan = $7, limits = $8, delete_after = $9, status_before = $10,
                   time_zone = $11, locale = $12, require_if_match = $13, password_min_length = $14, password_require_mixture = $15,
                   session_idle_days = $16, session_lifetime_days = $17, version = version + 1
            WHERE id = $1 AND version = $2 RETURNING id)

        """;

    private const string UpdateByHost = Update + """
        INSERT INTO host_changes (id, action, actor_id, correlation_id, fields, actor_type, address, session_id, origin, subject)
            SELECT $18, $19, $20, $21, $22, $23, $24, $25, $26, $27 FROM changed
        """;

    private const string UpdateByTenant = Update + """
        INSERT INTO changes (tenant_id, id, action, actor_id, correlation_id, fields, actor_type, address, session_id, origin, version, record_type, record_id)
            SELECT $1, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, 'tenant', $1 FROM changed
        """;

    public async Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken) =>
        identifier.ToLowerInvariant() is var lower && TenantIdentifier.IsValid(lower)
            ? await FindAsync(Select + " WHERE identifier = $1", lower, cancellationToken)
            : null;

    public Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(Select + " WHERE id = $1", id, cancellationToken);

    public async Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        await using var command = database.CreateCommand(Select + " WHERE identifier > $1 ORDER BY identifier LIMIT $2");
        command.Parameters.Add(new() { Value = after ?? "" });
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new List<CrmTenantInfo>();
        while (await reader.ReadAsync(cancellationToken))
            tenants.Add(Read(reader));
        return tenants;
    }

    public async Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO tenants (id, identifier, name, status, currency) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identifier) DO NOTHING");
        foreach (var value in new object[] { tenant.TenantId, tenant.Identifier, tenant.Name, tenant.Status, tenant.Currency })
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        if (entry.InTenant)
            batch.BatchCommands.Add(TenantSetting.Of(tenant.TenantId));
        var command = new NpgsqlBatchCommand(entry.InTenant ? UpdateByTenant : UpdateByHost);
        batch.BatchCommands.Add(command);
        void Add(object? value, NpgsqlDbType type) => command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        var settings = tenant.Settings;
        Add(tenant.TenantId, NpgsqlDbType.Uuid);
        Add(tenant.Version, NpgsqlDbType.Integer);
        foreach (var text in new[] { tenant.Identifier, tenant.Name, tenant.Status, tenant.Currency, tenant.Plan })
            Add(text, NpgsqlDbType.Text);
        Add(JsonSerializer.Serialize(tenant.OwnLimits, JsonSerializerOptions.Web), NpgsqlDbType.Jsonb);
        Add(tenant.DeleteAfter, NpgsqlDbType.TimestampTz);
        foreach (var text in new[] { tenant.StatusBefore, settings.TimeZone, settings.Locale })
            Add(text, NpgsqlDbType.Text);
        Add(settings.RequireIfMatch, NpgsqlDbType.Boolean);
        Add(settings.PasswordMinLength, NpgsqlDbType.Integer);
        Add(settings.PasswordRequireMixture, NpgsqlDbType.Boolean);
        Add(settings.SessionIdleDays, NpgsqlDbType.Integer);
        Add(settings.SessionLifetimeDays, NpgsqlDbType.Integer);
        Add(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
        Add(entry.Action, NpgsqlDbType.Text);
        Add(entry.ActorId, NpgsqlDbType.Uuid);
        Add(entry.CorrelationId, NpgsqlDbType.Text);
        Add(JsonSerializer.Serialize(entry.Fields), NpgsqlDbType.Jsonb);
        Add(entry.ActorType, NpgsqlDbType.Text);
        Add(entry.Address, NpgsqlDbType.Inet);
        Add(entry.SessionId, NpgsqlDbType.Uuid);
        Add(entry.Origin, NpgsqlDbType.Text);
        if (entry.InTenant)
            Add(Change.SecurityVersion, NpgsqlDbType.Integer);
        else
            Add(entry.Subject, NpgsqlDbType.Text);
        try
        {
            return await batch.ExecuteNonQueryAsync(cancellationToken) == 1;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw TenantErrors.IdentifierTaken(tenant.Identifier);
        }
    }

    private async Task<CrmTenantInfo?> FindAsync(string sql, object key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private CrmTenantInfo Read(NpgsqlDataReader reader)
    {
        var (plan, own) = (reader.GetString(6), JsonSerializer.Deserialize<TenantLimits>(reader.GetString(7), JsonSerializerOptions.Web)!);
        return new CrmTenantInfo(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4))
        {
            Version = reader.GetInt32(5),
            Plan = plan,
            OwnLimits = own,
            Limits = plans.LimitsOf(plan, own),
            DeleteAfter = reader.ValueOrNull<DateTimeOffset>(8),
            StatusBefore = reader.TextOrNull(9),
            Settings = new TenantSettings
            {
                TimeZone = reader.GetString(10),
                Locale = reader.GetString(11),
                RequireIfMatch = reader.GetBoolean(12),
                PasswordMinLength = reader.ValueOrNull<int>(13),
                PasswordRequireMixture = reader.GetBoolean(14),
                SessionIdleDays = reader.ValueOrNull<int>(15),
                SessionLifetimeDays = reader.ValueOrNull<int>(16),
            },
        };
    }
}
