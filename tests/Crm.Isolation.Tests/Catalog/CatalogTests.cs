using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Catalog;

public sealed class SuperuserFixture : IAsyncLifetime
{
    private TestDatabase _database = null!;

    internal NpgsqlConnection Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        Connection = await SqlExtensions.OpenAsync(_database.SuperConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _database.DisposeAsync();
    }
}

public sealed class CatalogTests(SuperuserFixture fixture) : IClassFixture<SuperuserFixture>
{
    private readonly NpgsqlConnection _connection = fixture.Connection;

    /// <summary>A wall, the statement that takes it down, and what the checks must then say.</summary>
    public static TheoryData<string, string, string> Walls { get; } = new()
    {
        { "the policy is dropped", "DROP POLICY tenant_isolation ON contacts", "contacts: does not have the policy tenant_isolation" },
        { "the policy lets everything through", "ALTER POLICY tenant_isolation ON contacts USING (true)", "contacts: the policy tenant_isolation was not reviewed" },
        { "the policy lets everything be written", "ALTER POLICY tenant_isolation ON contacts WITH CHECK (true)", "contacts: the policy tenant_isolation was not reviewed" },
        { "a second policy is added", "CREATE POLICY more ON deals FOR SELECT USING (true)", "deals: the policy more was not reviewed" },
        { "a reviewed policy is opened to all", "ALTER POLICY directory_read ON roles TO PUBLIC", "roles: the policy directory_read was not reviewed" },
        { "row-level security is disabled", "ALTER TABLE deals DISABLE ROW LEVEL SECURITY", "deals: row-level security is not enabled" },
        { "row-level security is not forced", "ALTER TABLE deals NO FORCE ROW LEVEL SECURITY", "deals: row-level security is not forced" },
        { "a partition's row-level security is disabled", "ALTER TABLE changes_default DISABLE ROW LEVEL SECURITY", "changes_default: row-level security is not enabled" },
        { "a partition's policy is dropped", "DROP POLICY tenant_isolation ON changes_default", "changes_default: does not have the policy tenant_isolation" },
        { "a new table has no tenant", "CREATE TABLE gadgets (id uuid PRIMARY KEY)", "gadgets: has no column tenant_id uuid NOT NULL" },
        { "a table's tenant may be missing", "CREATE TABLE gadgets (tenant_id uuid, id uuid NOT NULL PRIMARY KEY)", "gadgets: has no column tenant_id uuid NOT NULL" },
        { "a primary key lacks the tenant", "CREATE TABLE gadgets (tenant_id uuid NOT NULL, id uuid PRIMARY KEY)", "gadgets: its primary key does not begin with tenant_id" },
        { "a unique index lacks the tenant", "CREATE UNIQUE INDEX uq_bad ON products (code)", "products: the unique index uq_bad does not begin with tenant_id" },
        { "a unique index has the tenant last", "CREATE UNIQUE INDEX uq_bad ON products (code, tenant_id)", "products: the unique index uq_bad does not begin with tenant_id" },
        {
            "a foreign key lacks the tenant",
            "DROP POLICY tenant_isolation ON contacts; ALTER TABLE companies DROP CONSTRAINT pk_companies CASCADE, ADD CONSTRAINT pk_companies PRIMARY KEY (id); ALTER TABLE contacts ADD CONSTRAINT fk_bad FOREIGN KEY (company_id) REFERENCES companies (id)",
            "contacts: the foreign key fk_bad does not carry tenant_id to companies"
        },
        { "a foreign key crosses the tenants", "ALTER TABLE contacts ADD CONSTRAINT fk_bad FOREIGN KEY (company_id, tenant_id) REFERENCES companies (tenant_id, id)", "contacts: the foreign key fk_bad does not carry tenant_id to companies" },
        { "a foreign key leads to a host table", "ALTER TABLE contacts ADD CONSTRAINT fk_bad FOREIGN KEY (owner_id) REFERENCES users (id)", "contacts: the foreign key fk_bad leads to the host table users" },
        { "a foreign key nulls the tenant's id", "ALTER TABLE contacts ADD CONSTRAINT fk_bad FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, id) ON DELETE SET NULL", "contacts: the foreign key fk_bad would null the tenant's id" },
        { "a foreign key was never validated", "ALTER TABLE contacts ADD CONSTRAINT fk_bad FOREIGN KEY (tenant_id, company_id) REFERENCES companies (tenant_id, id) NOT VALID", "contacts: the foreign key fk_bad was never validated" },
        { "a table hides in another schema", "CREATE SCHEMA aside; CREATE TABLE aside.gadgets (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))", "gadgets: stands in the schema aside" },
        { "a view runs with its owner's rights", "CREATE VIEW all_contacts AS SELECT * FROM contacts", "all_contacts: the view does not run with the rights of whoever asks" },
        { "a view was not reviewed", "CREATE VIEW all_contacts WITH (security_invoker = true) AS SELECT * FROM contacts", "all_contacts: a view that was not reviewed" },
        { "a result is kept beside the tables", "CREATE MATERIALIZED VIEW kept AS SELECT * FROM contacts", "kept: row-level security does not hold for such a relation" },
        { "the application bypasses row-level security", "ALTER ROLE crm_app BYPASSRLS", "crm_app: bypasses row-level security" },
        { "the application is a superuser", "ALTER ROLE crm_app SUPERUSER", "crm_app: is a superuser" },
        { "the owner bypasses row-level security", "ALTER ROLE crm_owner BYPASSRLS", "crm_owner: bypasses row-level security" },
        { "the application is a member of the owner", "GRANT crm_owner TO crm_app", "crm_app: is a member of crm_owner" },
        { "the application may become the directory", "GRANT crm_directory TO crm_app", "crm_app: is a member of crm_directory" },
        { "the application owns a table", "ALTER TABLE contacts OWNER TO crm_app", "crm_app: owns pg_class" },
        { "the application may make tables", "GRANT CREATE ON SCHEMA public TO crm_app", "crm_app: makes objects in the schema public" },
        { "the application may empty a table", "GRANT TRUNCATE ON contacts TO crm_app", "contacts: crm_app has TRUNCATE" },
        { "the application may rewrite the change log", "GRANT UPDATE ON changes TO crm_app", "changes: crm_app may UPDATE what is only appended to" },
        { "the application may rewrite a column of the change log", "GRANT UPDATE (fields) ON changes TO crm_app", "changes: crm_app may UPDATE what is only appended to" },
        { "the application may shorten the change log", "GRANT DELETE ON changes TO crm_app", "changes: crm_app may DELETE what is only appended to" },
        { "the application may rewrite the host's log", "GRANT UPDATE ON host_changes TO crm_app", "host_changes: crm_app may UPDATE what is only appended to" },
        { "the application may rewrite a seal", "GRANT UPDATE (signature) ON change_seals TO crm_app", "change_seals: crm_app may UPDATE what is only appended to" },
        { "the application may remove a seal", "GRANT DELETE ON host_seals TO crm_app", "host_seals: crm_app may DELETE what is only appended to" },
        { "the application reaches a partition", "GRANT SELECT ON changes_default TO crm_app", "changes_default: crm_app reaches the partition itself" },
        { "everyone reads a table", "GRANT SELECT ON contacts TO PUBLIC", "contacts: PUBLIC has rights" },
        { "a function runs with its owner's rights", "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.contacts'", "peek() postgres: a SECURITY DEFINER function that was not reviewed" },
        { "the reviewed function forgets its search path", "ALTER FUNCTION user_memberships(uuid) RESET search_path", "user_memberships(uuid) crm_directory: a SECURITY DEFINER function without a fixed search_path" },
        { "the reviewed function is open to all", "GRANT EXECUTE ON FUNCTION user_memberships(uuid) TO PUBLIC", "user_memberships(uuid) crm_directory: a SECURITY DEFINER function that anyone may call" },
        { "the reviewed function belongs to another", "ALTER FUNCTION user_memberships(uuid) OWNER TO crm_backup", "user_memberships(uuid) crm_backup: a SECURITY DEFINER function that was not reviewed" },
        { "a trigger writes", "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER sly BEFORE INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION t()", "contacts: the trigger sly writes behind the application's back" },
    };

    [Fact]
    public async Task Every_table_key_index_and_policy_keeps_tenants_apart()
    {
        (await new CatalogCheck(_connection).FindAsync()).ShouldBeEmpty();
        (await new CatalogCheck(_connection).TenantTablesAsync()).Count.ShouldBeGreaterThan(14);
    }

    [Fact]
    public async Task No_role_grant_function_or_view_leads_around_the_policies() =>
        (await new RightsCheck(_connection).FindAsync()).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Walls))]
    public async Task A_wall_taken_down_is_noticed(string wall, string statement, string finding)
    {
        // Roles are the whole server's: what is done here is seen by no one else and undone in the end.
        await using var transaction = await _connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await _connection.RunAsync(statement);

        var findings = (await new CatalogCheck(_connection).FindAsync()).Concat(await new RightsCheck(_connection).FindAsync()).ToList();

        findings.ShouldContain(f => f.StartsWith(finding, StringComparison.Ordinal), $"When {wall}: {string.Join('\n', findings)}");
    }
}
