using Npgsql;

namespace Crm.Benchmarks.Load;

/// <summary>A tenant and the records that requests may name.</summary>
internal sealed record BenchTenant(Guid Id, string Identifier, Guid[] Contacts, Guid[] Companies);

/// <summary>What requests may ask for; read from the database once, before any load.</summary>
/// <param name="Tenants">The tenants of the benchmark.</param>
internal sealed record BenchIds(IReadOnlyList<BenchTenant> Tenants)
{
    // Enough to spread over the whole table; the order by a hash keeps neighbours in the table apart.
    private const int MostContacts = 20_000;

    /// <summary>Reads them.</summary>
    public static async Task<BenchIds> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var tenants = new List<BenchTenant>();
        await using (var command = new NpgsqlCommand("SELECT id, identifier FROM tenants WHERE identifier LIKE 'bench-%' ORDER BY id LIMIT 1000", connection))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                tenants.Add(new BenchTenant(row.GetGuid(0), row.GetString(1), [], []));
        }

        for (var i = 0; i < tenants.Count; i++)
        {
            tenants[i] = tenants[i] with
            {
                Contacts = await ReadAsync(connection, "SELECT id FROM contacts WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY md5(id::text) LIMIT $2", tenants[i].Id, cancellationToken),
                Companies = await ReadAsync(connection, "SELECT id FROM companies WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY md5(id::text) LIMIT $2", tenants[i].Id, cancellationToken),
            };
        }

        return new BenchIds(tenants);
    }

    private static async Task<Guid[]> ReadAsync(NpgsqlConnection connection, string sql, Guid tenant, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = tenant }, new() { Value = MostContacts } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancellationToken))
            ids.Add(row.GetGuid(0));
        return [.. ids];
    }
}
