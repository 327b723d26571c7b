using Crm.Isolation.Tests.Worlds;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Rows;

/// <summary>
/// Walls of the database, taken down one at a time in a database of their own: trying to get through must succeed then, and be noticed.
/// </summary>
public sealed class BrokenRowTests : IAsyncLifetime
{
    private static readonly Guid Own = Guid.CreateVersion7();
    private static readonly Guid Other = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private NpgsqlConnection _superuser = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _superuser = await SqlExtensions.OpenAsync(_database.SuperConnectionString);
        foreach (var (tenant, name) in new[] { (Own, "own-tenant"), (Other, "other-tenant") })
        {
            await _superuser.RunAsync("""
                WITH t AS (INSERT INTO tenants (id, identifier, name) VALUES ($1, $2, $2)),
                     u AS (INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), $2 || '@x.example', $2) RETURNING id),
                     r AS (INSERT INTO roles (tenant_id, id, name, permissions, created_at, updated_at) VALUES ($1, gen_random_uuid(), 'owner', '{}', now(), now()) RETURNING id)
                INSERT INTO memberships (tenant_id, id, role_id, created_at, updated_at) SELECT $1, u.id, r.id, now(), now() FROM u, r
                """, tenant, name);
            await RowFill.FillAsync(_superuser, tenant, new Marks());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _superuser.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("ALTER POLICY tenant_isolation ON contacts USING (true)", "contacts: without a tenant 2 rows are read")]
    [InlineData("ALTER TABLE deals DISABLE ROW LEVEL SECURITY", "deals: is let through: INSERT INTO deals")]
    [InlineData("ALTER POLICY tenant_isolation ON products WITH CHECK (true)", "products: is let through: INSERT INTO products")]
    [InlineData("CREATE POLICY more ON companies USING (true)", "companies: rows of another tenant are changed: UPDATE")]
    [InlineData("ALTER TABLE contacts DROP CONSTRAINT fk_contacts__company_id, ADD FOREIGN KEY (company_id) REFERENCES free (id)", "contacts: is let through: UPDATE contacts SET company_id")]
    public async Task A_wall_taken_down_is_noticed(string statement, string finding)
    {
        // A single-column key needs a unique id to refer to, which no table of a tenant offers.
        await _superuser.RunAsync("CREATE TABLE free AS SELECT tenant_id, id FROM companies; ALTER TABLE free ADD PRIMARY KEY (tenant_id, id), ADD UNIQUE (id)");
        await _superuser.RunAsync("ALTER TABLE free ENABLE ROW LEVEL SECURITY; ALTER TABLE free FORCE ROW LEVEL SECURITY; CREATE POLICY tenant_isolation ON free USING (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)); GRANT ALL ON free TO crm_app; REVOKE TRUNCATE ON free FROM crm_app");
        (await FindAsync()).ShouldBeEmpty();
        await _superuser.RunAsync(statement);

        var findings = await FindAsync();

        findings.ShouldContain(f => f.StartsWith(finding, StringComparison.Ordinal), string.Join('\n', findings));
    }

    private async Task<IReadOnlyList<string>> FindAsync()
    {
        await using var app = await SqlExtensions.OpenAsync(_database.AppConnectionString);
        return await new RowCheck(app, _superuser, Own, Other).FindAsync();
    }
}
