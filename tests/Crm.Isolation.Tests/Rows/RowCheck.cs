using System.Text.Json.Nodes;
using Crm.Isolation.Tests.Catalog;
using Npgsql;

namespace Crm.Isolation.Tests.Rows;

/// <summary>
/// Tries, as the application, to reach one tenant's rows in another tenant's name, in every table and by every kind of statement.
/// </summary>
internal sealed class RowCheck(NpgsqlConnection app, NpgsqlConnection superuser, Guid own, Guid other)
{
    private const string Columns = """
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        """;

    private const string References = """
        SELECT a.attname::text, f.confrelid::regclass::text FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = ANY(f.conkey) AND a.attname <> 'tenant_id'
        WHERE f.contype = 'f' AND f.conrelid = $1::regclass AND f.confrelid <> 'users'::regclass
        """;

    private readonly List<string> _findings = [];

    /// <summary>Tries everything; whatever it changes is taken back.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        foreach (var table in await new CatalogCheck(superuser).TenantTablesAsync())
        {
            if (await CountAsync(superuser, table, other) == 0 || await CountAsync(superuser, table, own) == 0)
                _findings.Add($"{table}: has no rows to try it with");
            else
                await TryAsync(table);
        }

        return _findings;
    }

    private async Task TryAsync(string table)
    {
        var columns = await superuser.ScalarAsync<string>(Columns, table);
        var copy = $"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1::jsonb)";

        await ReadsAsync(table, null, $"SELECT count(*) FROM {table}", 0);
        await ReadsAsync(table, own, $"SELECT count(*) FROM {table} WHERE tenant_id = '{other}'", 0);
        await ReadsAsync(table, own, $"SELECT count(*) FROM {table}", await CountAsync(superuser, table, own));
        await AffectsNothingAsync(table, $"UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{other}'");
        await AffectsNothingAsync(table, $"DELETE FROM {table} WHERE tenant_id = '{other}'");
        await RefusedAsync(table, own, PostgresErrorCodes.InsufficientPrivilege, $"UPDATE {table} SET tenant_id = '{other}' WHERE tenant_id = '{own}'");
        await RefusedAsync(table, own, PostgresErrorCodes.InsufficientPrivilege, copy, await RowAsync(table, other));
        await RefusedAsync(table, null, PostgresErrorCodes.InsufficientPrivilege, copy, await RowAsync(table, own));
        foreach (var (column, referred) in await superuser.ListAsync(References, r => (r.GetString(0), r.GetString(1)), table))
        {
            var foreign = (await superuser.ListAsync(
                $"SELECT id FROM {referred} r WHERE tenant_id = $1 AND NOT EXISTS (SELECT FROM {referred} o WHERE o.tenant_id = $2 AND o.id = r.id) LIMIT 1", r => r.GetGuid(0), other, own)).Single();
            if (await superuser.ScalarAsync<bool>("SELECT has_column_privilege('crm_app', $1, $2, 'UPDATE')", table, column))
            {
                await RefusedAsync(table, own, PostgresErrorCodes.ForeignKeyViolation, $"UPDATE {table} SET {column} = '{foreign}' WHERE ctid IN (SELECT ctid FROM {table} LIMIT 1)");
            }
            else
            {
                var row = await RowAsync(table, own);
                row[column] = foreign.ToString();
                await RefusedAsync(table, own, PostgresErrorCodes.ForeignKeyViolation, copy, row);
            }
        }
    }

    private Task ReadsAsync(string table, Guid? tenant, string sql, long expected) => InTransactionAsync(tenant, async () =>
    {
        var count = await app.ScalarAsync<long>(sql);
        if (count != expected)
            _findings.Add($"{table}: {(tenant is null ? "without a tenant" : "in another's name")} {count} rows are read where {expected} are right: {sql}");
    });

    private Task AffectsNothingAsync(string table, string sql) => InTransactionAsync(own, async () =>
    {
        try
        {
            if (await app.RunAsync(sql) is > 0 and var affected)
                _findings.Add($"{table}: rows of another tenant are changed: {sql} ({affected})");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // A right that was never granted is as good as no rows.
        }
        catch (PostgresException reached)
        {
            // Only what reaches rows can break their keys.
            _findings.Add($"{table}: rows of another tenant are changed: {sql} ({reached.SqlState})");
        }
    });

    private Task RefusedAsync(string table, Guid? tenant, string code, string sql, JsonNode? row = null) => InTransactionAsync(tenant, async () =>
    {
        try
        {
            await app.RunAsync(sql, row is null ? [] : [row.ToJsonString()]);
            _findings.Add($"{table}: is let through: {sql}");
        }
        catch (PostgresException refused)
        {
            if (refused.SqlState != code)
                _findings.Add($"{table}: is let through: {sql} ({refused.SqlState})");
        }
    });

    private async Task InTransactionAsync(Guid? tenant, Func<Task> attempt)
    {
        await using var transaction = await app.BeginTransactionAsync();
        if (tenant is not null)
            await app.RunAsync("SELECT set_config('app.tenant_id', $1, true)", tenant.Value.ToString());
        await attempt();
    }

    // A row as it could be inserted again: with an id that is free.
    private async Task<JsonNode> RowAsync(string table, Guid tenant)
    {
        var row = JsonNode.Parse((await superuser.ListAsync($"SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = $1 LIMIT 1", r => r.GetString(0), tenant)).Single())!;
        if (row["id"] is not null && table != "memberships")
            row["id"] = Guid.CreateVersion7().ToString();
        return row;
    }

    private static Task<long> CountAsync(NpgsqlConnection connection, string table, Guid tenant) =>
        connection.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant_id = $1", tenant);
}
