using Npgsql;

namespace Crm.Benchmarks.Load;

/// <summary>A tenant and the records that requests may name.</summary>
/// <param name="User">Who makes the requests.</param>
/// <param name="Stages">Those of its pipeline, in order.</param>
internal sealed record BenchTenant(
    Guid Id, string Identifier, Guid User, Guid[] Contacts, Guid[] Companies, string[] CompanyNames, Guid[] Deals, Guid[] Stages);

/// <summary>What requests may ask for; read from the database once, before any load.</summary>
internal sealed record BenchIds(IReadOnlyList<BenchTenant> Tenants)
{
    // Enough to spread over a whole table; the order by a hash separates neighbours in the table.
    private const string AnyOrder = "WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY md5(id::text) LIMIT 20000";

    public static async Task<BenchIds> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT t.id, t.identifier, u.id
            FROM tenants t JOIN users u ON u.email = 'user1@' || t.identifier || '.example'
            WHERE t.identifier LIKE 'bench-%' ORDER BY t.id LIMIT 1000
            """;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var tenants = new List<BenchTenant>();
        await using (var command = new NpgsqlCommand(sql, connection))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                tenants.Add(new BenchTenant(row.GetGuid(0), row.GetString(1), row.GetGuid(2), [], [], [], [], []));
        }

        for (var i = 0; i < tenants.Count; i++)
        {
            var tenant = tenants[i];
            tenants[i] = tenant with
            {
                Contacts = await ListAsync<Guid>($"SELECT id FROM contacts {AnyOrder}"),
                Companies = await ListAsync<Guid>($"SELECT id FROM companies {AnyOrder}"),
                CompanyNames = await ListAsync<string>($"SELECT name FROM companies {AnyOrder}"),
                Deals = await ListAsync<Guid>($"SELECT id FROM deals {AnyOrder}"),
                Stages = await ListAsync<Guid>("SELECT id FROM stages WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY position"),
            };

            async Task<T[]> ListAsync<T>(string query)
            {
                await using var command = new NpgsqlCommand(query, connection) { Parameters = { new() { Value = tenant.Id } } };
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                var values = new List<T>();
                while (await row.ReadAsync(cancellationToken))
                    values.Add(row.GetFieldValue<T>(0));
                return [.. values];
            }
        }

        return new BenchIds(tenants);
    }
}
