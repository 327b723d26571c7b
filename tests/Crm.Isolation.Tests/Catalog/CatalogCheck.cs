using Npgsql;

namespace Crm.Isolation.Tests.Catalog;

/// <summary>Looks through the database's own catalog for anything that does not keep tenants apart.</summary>
internal sealed class CatalogCheck(NpgsqlConnection connection)
{
    private const string Tables = """
        SELECT c.oid, c.relname::text, c.relnamespace::regnamespace::text, c.relkind::text,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'uuid'::regtype),
               c.relrowsecurity, c.relforcerowsecurity,
               coalesce((SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisprimary), '')
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND c.relnamespace::regnamespace::text NOT LIKE 'pg_toast%' AND c.relnamespace::regnamespace::text NOT LIKE 'pg_temp%'
        ORDER BY c.relname
        """;

    private const string UniqueIndexes = """
        SELECT i.indrelid, i.indexrelid::regclass::text
        FROM pg_index i
        WHERE i.indisunique
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attname = 'tenant_id')
        """;

    // The columns of both sides by name, in the order of the key.
    private const string ForeignKeys = """
        SELECT f.conname::text, f.conrelid, f.confrelid, f.convalidated,
               ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k (n, i) JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.i),
               ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k (n, i) JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.i),
               f.confdeltype::text
        FROM pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0
        """;

    private const string Policies = """
        SELECT p.polrelid, p.polname::text, p.polpermissive,
               CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
               coalesce((SELECT string_agg(r.rolname, ',' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY(p.polroles)), 'PUBLIC'),
               coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        FROM pg_policy p
        """;

    private readonly List<string> _findings = [];

    /// <summary>The tables that hold rows of tenants, partitions not counted.</summary>
    public async Task<IReadOnlyList<string>> TenantTablesAsync()
    {
        var partitions = await connection.ListAsync("SELECT inhrelid::regclass::text FROM pg_inherits", r => r.GetString(0));
        return [.. (await ReadTablesAsync()).Where(t => t.Kind is "r" or "p" && !Reviewed.HostTables.ContainsKey(t.Name) && !partitions.Contains(t.Name)).Select(t => t.Name)];
    }

    /// <summary>Looks at tables, keys, indexes and policies.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        var tables = await ReadTablesAsync();
        var tenants = tables.Where(t => t.Kind is "r" or "p" && !Reviewed.HostTables.ContainsKey(t.Name)).ToDictionary(t => t.Oid);
        foreach (var table in tables)
            Look(table);
        foreach (var (table, index) in (await connection.ListAsync(UniqueIndexes, r => (Table: (uint)r[0], Index: r.GetString(1)))).Where(i => tenants.ContainsKey(i.Table)))
            Find($"{tenants[table].Name}: the unique index {index} does not begin with tenant_id");
        foreach (var key in await connection.ListAsync(ForeignKeys, r => new ForeignKey(
            r.GetString(0), (uint)r[1], (uint)r[2], r.GetBoolean(3), r.GetFieldValue<string[]>(4), r.GetFieldValue<string[]>(5), r.GetString(6))))
            Look(key, tables.ToDictionary(t => t.Oid, t => t.Name), tenants);
        await LookAtPoliciesAsync(tenants);
        foreach (var reviewed in Reviewed.HostTables.Keys.Concat(Reviewed.Views.Keys).Except(tables.Select(t => t.Name)))
            Find($"{reviewed} stands on the reviewed list and does not exist");
        return _findings;
    }

    private void Look(Table table)
    {
        if (table.Schema != "public")
            Find($"{table.Name}: stands in the schema {table.Schema}");
        else if (table.Kind == "v" && !Reviewed.Views.ContainsKey(table.Name))
            Find($"{table.Name}: a view that was not reviewed");
        else if (table.Kind is "m" or "f")
            Find($"{table.Name}: row-level security does not hold for such a relation");

        if (table.Kind is not ("r" or "p") || Reviewed.HostTables.ContainsKey(table.Name))
            return;
        if (!table.HasTenant)
            Find($"{table.Name}: has no column tenant_id uuid NOT NULL and is no reviewed host table");
        if (table.FirstOfKey != "tenant_id")
            Find($"{table.Name}: its primary key does not begin with tenant_id");
        if (!table.Secured)
            Find($"{table.Name}: row-level security is not enabled");
        if (!table.Forced)
            Find($"{table.Name}: row-level security is not forced");
    }

    private void Look(ForeignKey key, Dictionary<uint, string> names, Dictionary<uint, Table> tenants)
    {
        var (from, to) = (names[key.From], names[key.To]);
        var place = $"{from}: the foreign key {key.Name}";
        if (!key.Validated)
            Find($"{place} was never validated");
        if (key.OnDelete is "n" or "d")
            Find($"{place} would null the tenant's id with the reference");
        if (tenants.ContainsKey(key.From) && tenants.ContainsKey(key.To))
        {
            var tenant = Array.IndexOf(key.Columns, "tenant_id");
            if (tenant < 0 || key.Referred[tenant] != "tenant_id")
                Find($"{place} does not carry tenant_id to {to}");
        }
        else if (tenants.ContainsKey(key.From))
        {
            if (!(key.Columns is ["tenant_id"] && to == "tenants") && !Reviewed.HostReferences.ContainsKey(key.Name))
                Find($"{place} leads to the host table {to}");
        }
        else if (tenants.ContainsKey(key.To))
        {
            Find($"{place} leads from a host table into a tenant's table {to}");
        }
    }

    private async Task LookAtPoliciesAsync(Dictionary<uint, Table> tenants)
    {
        var policies = await connection.ListAsync(Policies, r => new Policy(
            (uint)r[0], r.GetString(1), r.GetBoolean(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6)));
        var isolated = new HashSet<uint>();
        foreach (var policy in policies)
        {
            var table = tenants.TryGetValue(policy.Table, out var found) ? found.Name : "a host table";
            if (policy is { Name: Reviewed.PolicyName, Permissive: true, Command: "ALL", Roles: "PUBLIC", Using: Reviewed.Policy, Check: Reviewed.Policy })
                isolated.Add(policy.Table);
            else if (!Reviewed.Policies.ContainsKey($"{table} {policy.Name} {policy.Command} {policy.Roles}: {policy.Using}{policy.Check}"))
                Find($"{table}: the policy {policy.Name} was not reviewed: {policy.Command} {policy.Roles}: {policy.Using}{policy.Check}");
        }

        foreach (var table in tenants.Values.Where(t => !isolated.Contains(t.Oid)))
            Find($"{table.Name}: does not have the policy {Reviewed.PolicyName}");
    }

    private Task<List<Table>> ReadTablesAsync() => connection.ListAsync(Tables, r => new Table(
        (uint)r[0], r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetString(7)));

    private void Find(string finding) => _findings.Add(finding);

    private sealed record Table(uint Oid, string Name, string Schema, string Kind, bool HasTenant, bool Secured, bool Forced, string FirstOfKey);

    private sealed record ForeignKey(string Name, uint From, uint To, bool Validated, string[] Columns, string[] Referred, string OnDelete);

    private sealed record Policy(uint Table, string Name, bool Permissive, string Command, string Roles, string Using, string Check);
}
