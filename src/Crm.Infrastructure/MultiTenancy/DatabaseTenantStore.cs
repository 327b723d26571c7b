using System.Text.Json;
using Crm.Application.Audit;
using Crm.Application.MultiTenancy;
using Crm.Domain.ChangeLog;
using Crm.Domain.Tenants;
using Crm.Infrastructure.ChangeLog;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.MultiTenancy;

/// <summary>The tenants in the CRM's own database.</summary>
internal sealed class DatabaseTenantStore(HostSession host, Plans plans) : IMultiTenantStore
{
    private static readonly Sql Select = Sql.Of($"""
        SELECT id, identifier, name, status, currency, version, plan, limits, settings, delete_after, status_before
        FROM tenants
        """);

    private static readonly SqlSlot Key = new(0);
    private static readonly SqlTemplate ByIdentifier = new(Sql.Of($"{Select} WHERE identifier = {Key}"));
    private static readonly SqlTemplate ById = new(Sql.Of($"{Select} WHERE id = {Key}"));

    public async Task<CrmTenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken cancellationToken) =>
        identifier.ToLowerInvariant() is var lower && TenantIdentifier.IsValid(lower)
            ? await FindAsync(ByIdentifier, Sql.Text(lower), cancellationToken)
            : null;

    public Task<CrmTenantInfo?> GetAsync(Guid id, CancellationToken cancellationToken) => FindAsync(ById, Sql.Id(id), cancellationToken);

    public async Task<IReadOnlyList<CrmTenantInfo>> GetAllAsync(int take, string? after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        var page = Sql.Of($"{Select} WHERE identifier > {Sql.Text(after ?? "")} ORDER BY identifier LIMIT {Sql.Literal(take)}");
        return await host.QueryAsync(page, Read, cancellationToken);
    }

    public async Task<bool> AddAsync(CrmTenantInfo tenant, CancellationToken cancellationToken) =>
        await host.ExecuteAsync(Sql.Of($"""
            INSERT INTO tenants (id, identifier, name, status, currency)
            VALUES ({tenant.TenantId}, {Sql.Text(tenant.Identifier)}, {Sql.Text(tenant.Name)}, {Sql.Text(tenant.Status)},
                    {Sql.Text(tenant.Currency)})
            ON CONFLICT (identifier) DO NOTHING
            """), cancellationToken) == 1;

    // One statement, so that wherever a request breaks off, no change goes unlogged.
    public async Task<bool> UpdateAsync(CrmTenantInfo tenant, TenantEvent entry, CancellationToken cancellationToken)
    {
        var log = entry.InTenant ? InTenantLog(tenant, entry) : InHostLog(entry);
        var update = Sql.Of($"""
            WITH changed AS (
                UPDATE tenants SET
                    identifier = {Sql.Text(tenant.Identifier)}, name = {Sql.Text(tenant.Name)}, status = {Sql.Text(tenant.Status)},
                    currency = {Sql.Text(tenant.Currency)}, plan = {Sql.Text(tenant.Plan)}, limits = {Json(tenant.OwnLimits)},
                    settings = {Json(tenant.Settings)}, delete_after = {tenant.DeleteAfter},
                    status_before = {Sql.Text(tenant.StatusBefore)}, version = version + 1
                WHERE id = {tenant.TenantId} AND version = {tenant.Version} RETURNING id)
            {log}
            """);
        try
        {
            return await (entry.InTenant ? host.In(tenant.TenantId) : host).ExecuteAsync(update, cancellationToken) == 1;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw TenantErrors.IdentifierTaken(tenant.Identifier);
        }
    }

    private static Sql InTenantLog(CrmTenantInfo tenant, TenantEvent entry) => ChangeInsert.Of(
        new ChangeEntry(
            Id: Sql.Of($"{Guid.CreateVersion7()}"),
            RecordType: Sql.Of($"'tenant'"),
            RecordId: Sql.Of($"{tenant.TenantId}"),
            Version: Sql.Literal(Change.SecurityVersion),
            Action: Sql.Of($"{Sql.Text(entry.Action)}"),
            Fields: Sql.Of($"{Json(entry.Fields)}")),
        SourceOf(entry).ToSql(),
        new Identifier("changed"));

    private static Sql InHostLog(TenantEvent entry) => ChangeInsert.OfHost(
        Guid.CreateVersion7(), Sql.Text(entry.Subject), Sql.Text(entry.Action), Json(entry.Fields), SourceOf(entry),
        new Identifier("changed"));

    private static ChangeSource SourceOf(TenantEvent entry) =>
        new(entry.ActorType, entry.ActorId, entry.Origin, entry.CorrelationId, entry.Address, entry.SessionId);

    private static NpgsqlParameter Json<T>(T value) => Sql.Json(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    private Task<CrmTenantInfo?> FindAsync(SqlTemplate find, NpgsqlParameter key, CancellationToken cancellationToken) =>
        host.RunAsync([find.ToCommand(null, key)], (reader, token) => reader.FirstAsync(Read, token), cancellationToken);

    private CrmTenantInfo Read(NpgsqlDataReader row)
    {
        var (plan, own) = (row.GetString(6), JsonSerializer.Deserialize<TenantLimits>(row.GetString(7), JsonSerializerOptions.Web)!);
        return new CrmTenantInfo(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4))
        {
            Version = row.GetInt32(5),
            Plan = plan,
            OwnLimits = own,
            Limits = plans.LimitsOf(plan, own),
            Settings = JsonSerializer.Deserialize<TenantSettings>(row.GetString(8), JsonSerializerOptions.Web)!,
            DeleteAfter = row.ValueOrNull<DateTimeOffset>(9),
            StatusBefore = row.TextOrNull(10),
        };
    }
}
