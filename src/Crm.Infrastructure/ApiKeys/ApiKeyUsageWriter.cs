using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// Writes the counts every few seconds, and behind the last request when the process stops. One trip for each tenant; counts that cannot be
/// written are kept for the next time.
/// </summary>
internal sealed partial class ApiKeyUsageWriter(
    HostSession host, ApiKeyUsage usage, IOptions<ApiKeyOptions> options, TimeProvider time, ILogger<ApiKeyUsageWriter> logger)
    : PeriodicService(time)
{
    // Stopping must not wait for a database that is away.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    protected override TimeSpan Interval => options.Value.UsageInterval;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(StopTimeout, Time);
        await RunAsync(deadline.Token);
    }

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in usage.Take().GroupBy(u => u.Key.TenantId))
        {
            try
            {
                await WriteAsync(tenant.Key, [.. tenant], cancellationToken);
            }
            catch (Exception failure)
            {
                foreach (var (use, count) in tenant)
                    usage.Add(use, count);
                NotWritten(logger, failure);
            }
        }
    }

    private async Task WriteAsync(
        Guid tenantId, IReadOnlyList<KeyValuePair<ApiKeyUse, ApiKeyCount>> counts, CancellationToken cancellationToken)
    {
        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<KeyValuePair<ApiKeyUse, ApiKeyCount>, T> value) =>
            Sql.Array(counts.Select(value), type);

        // In one order on every node, so that they do not wait for one another in a circle.
        var add = Sql.Of($"""
            INSERT INTO api_key_usage AS u (tenant_id, api_key_id, hour, operation, status_class, ip_address, requests)
            SELECT {Sql.Tenant}, n.api_key_id, n.hour, n.operation, n.status_class, n.ip_address, n.requests
            FROM unnest(
                {Column(NpgsqlDbType.Uuid, c => c.Key.ApiKeyId)},
                {Column(NpgsqlDbType.TimestampTz, c => c.Key.Hour)},
                {Column(NpgsqlDbType.Text, c => c.Key.Operation)},
                {Column(NpgsqlDbType.Integer, c => c.Key.StatusClass)},
                {Column(NpgsqlDbType.Text, c => c.Key.Address)},
                {Column(NpgsqlDbType.Bigint, c => c.Value.Requests)}
            ) AS n (api_key_id, hour, operation, status_class, ip_address, requests)
            ORDER BY 2, 3, 4, 5, 6
            ON CONFLICT (tenant_id, api_key_id, hour, operation, status_class, ip_address)
                DO UPDATE SET requests = u.requests + excluded.requests
            """);
        var touch = Sql.Of($"""
            UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, n.at)
            FROM (
                SELECT api_key_id, max(at) AS at
                FROM unnest(
                    {Column(NpgsqlDbType.Uuid, c => c.Key.ApiKeyId)},
                    {Column(NpgsqlDbType.TimestampTz, c => c.Value.LastAt)}
                ) AS n (api_key_id, at)
                GROUP BY api_key_id) n
            WHERE k.tenant_id = {Sql.Tenant} AND k.id = n.api_key_id
            """);
        var forget = Sql.Of($"""
            DELETE FROM api_key_usage WHERE tenant_id = {Sql.Tenant} AND ctid = ANY (ARRAY(
                SELECT o.ctid FROM api_key_usage o
                WHERE o.tenant_id = {Sql.Tenant} AND o.hour < now() - interval '90 days' LIMIT 1000))
            """);
        await host.In(tenantId).ExecuteAsync([add, touch, forget], cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "The use of API keys could not be written; the counts are kept for the next time")]
    private static partial void NotWritten(ILogger logger, Exception failure);
}
