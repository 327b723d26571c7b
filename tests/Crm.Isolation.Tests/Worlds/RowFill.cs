using System.Text.Json.Nodes;
using Crm.Isolation.Tests.Catalog;
using Npgsql;

namespace Crm.Isolation.Tests.Worlds;

/// <summary>Puts a row into every tenant table that no operation has filled, so that no table goes untested.</summary>
internal static class RowFill
{
    private const string Columns = """
        SELECT a.attname::text, format_type(a.atttypid, NULL), a.atthasdef AND a.attnotnull,
               (SELECT f.confrelid::regclass::text FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = a.attrelid AND a.attnum = ANY(f.conkey)
                  AND f.confrelid::regclass::text <> 'tenants' AND a.attname <> 'tenant_id' LIMIT 1)
        FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        """;

    /// <summary>Fills the empty tables of a tenant.</summary>
    public static async Task FillAsync(NpgsqlConnection superuser, Guid tenantId, Marks marks)
    {
        foreach (var table in await new CatalogCheck(superuser).TenantTablesAsync())
            await FillAsync(superuser, table, tenantId, marks);
    }

    private static async Task FillAsync(NpgsqlConnection superuser, string table, Guid tenantId, Marks marks)
    {
        if (await superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {table} WHERE tenant_id = $1)", tenantId))
            return;

        var row = new JsonObject { ["tenant_id"] = tenantId.ToString() };
        foreach (var (name, type, defaulted, referred) in await superuser.ListAsync(Columns, r => (r.GetString(0), r.GetString(1), r.GetBoolean(2), r.IsDBNull(3) ? null : r.GetString(3)), table))
        {
            if (defaulted || name == "tenant_id")
                continue;
            if (referred is not null && referred != table)
                await FillAsync(superuser, referred, tenantId, marks);
            row[name] = referred is null ? Value(name, type, marks) : await ReferenceAsync(superuser, referred, tenantId);
        }

        var columns = string.Join(", ", row.Select(c => c.Key));
        await superuser.RunAsync($"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1::jsonb)", row.ToJsonString());
    }

    private static async Task<JsonNode?> ReferenceAsync(NpgsqlConnection superuser, string table, Guid tenantId) =>
        (await superuser.ListAsync($"SELECT id FROM {table} WHERE tenant_id = $1 LIMIT 1", r => r.GetGuid(0), tenantId)) is [var id] ? id.ToString() : null;

    private static JsonNode Value(string name, string type, Marks marks) => type switch
    {
        // States are texts that must be known ones.
        "text" when name is "kind" or "status" => "open",

        // Plaintext is refused by the column.
        "text" when name is "secret" => $"v1|{marks.Next()}|0|0|0|0",
        "uuid" => Guid.CreateVersion7().ToString(),
        "text" => marks.Next(),
        "text[]" => new JsonArray(marks.Next()),
        "jsonb" => new JsonObject { ["note"] = marks.Next() },
        "boolean" => true,
        "inet" => "192.0.2.1",
        "date" => "2026-01-31",
        "timestamp with time zone" => "2026-01-31T12:00:00Z",
        _ => 1,
    };
}
