using Crm.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Infrastructure.ApiKeys;

/// <summary>
/// Writes the counts every few seconds and when the process is told to stop, behind the last request. One trip for each tenant; what cannot
/// be written is counted on.
/// </summary>
internal sealed class ApiKeyUsageWriter(NpgsqlDataSource database, ApiKeyUsage usage, IOptions<ApiKeyOptions> options, PeriodicTurns turns)
    : PeriodicService(turns)
{
    // In one order on every node, so that they do not wait for one another in a circle.
    private const string Add = """
        INSERT INTO api_key_usage AS u (tenant_id, api_key_id, hour, operation, status_class, ip_address, requests)
        SELECT $1, n.api_key_id, n.hour, n.operation, n.status_class, n.ip_address, n.requests
        FROM unnest($2, $3, $4, $5, $6, $7) AS n (api_key_id, hour, operation, status_class, ip_address, requests)
        ORDER BY 2, 3, 4, 5, 6
        ON CONFLICT (tenant_id, api_key_id, hour, operation, status_class, ip_address) DO UPDATE SET requests = u.requests + excluded.requests
        """;

    private const string Touch = """
        UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, n.at)
        FROM (SELECT api_key_id, max(at) AS at FROM unnest($2, $3) AS n (api_key_id, at) GROUP BY api_key_id) n
        WHERE k.tenant_id = $1 AND k.id = n.api_key_id
        """;

    private const string Forget = """
        DELETE FROM api_key_usage WHERE tenant_id = $1
        AND ctid = ANY (ARRAY (SELECT o.ctid FROM api_key_usage o WHERE o.tenant_id = $1 AND o.hour < now() - interval '90 days' LIMIT 1000))
        """;

    // Stopping must not wait for a database that is away.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    protected override TimeSpan Interval => options.Value.UsageInterval;

    protected override PeriodicScope Scope => PeriodicScope.EveryNode;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(LongestFarewell, Time);
        await TakeTurnAsync(deadline.Token);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => ForEachAsync(
        usage.Take().GroupBy(counted => counted.Key.TenantId),
        tenant => WriteAsync(tenant.Key, [.. tenant], cancellationToken),
        tenant =>
        {
            foreach (var (use, tally) in tenant)
                usage.Add(use, tally);
        });

    private async Task WriteAsync(Guid tenantId, IReadOnlyList<KeyValuePair<ApiKeyUse, ApiKeyTally>> counts, CancellationToken cancellationToken)
    {
        NpgsqlParameter Tenant() => new() { Value = tenantId };
        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<KeyValuePair<ApiKeyUse, ApiKeyTally>, T> value) =>
            new() { Value = counts.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(TenantSetting.Of(tenantId));
        batch.BatchCommands.Add(new(Add)
        {
            Parameters =
            {
                Tenant(),
                Column(NpgsqlDbType.Uuid, c => c.Key.ApiKeyId),
                Column(NpgsqlDbType.TimestampTz, c => c.Key.Hour),
                Column(NpgsqlDbType.Text, c => c.Key.Operation),
                Column(NpgsqlDbType.Integer, c => c.Key.StatusClass),
                Column(NpgsqlDbType.Text, c => c.Key.Address),
                Column(NpgsqlDbType.Bigint, c => c.Value.Requests),
            },
        });
        batch.BatchCommands.Add(new(Touch)
        {
            Parameters = { Tenant(), Column(NpgsqlDbType.Uuid, c => c.Key.ApiKeyId), Column(NpgsqlDbType.TimestampTz, c => c.Value.LastAt) },
        });
        batch.BatchCommands.Add(new(Forget) { Parameters = { Tenant() } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
