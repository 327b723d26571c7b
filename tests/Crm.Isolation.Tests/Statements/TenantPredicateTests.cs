using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

public sealed class TenantPredicateTests
{
    private static readonly TenantPredicate Check = new(["contacts", "companies", "changes"]);

    [Theory]
    [InlineData("SELECT r.id FROM contacts r WHERE r.tenant_id = $1 AND r.id = $2")]
    [InlineData("SELECT r.id FROM contacts r LEFT JOIN companies j1 ON j1.tenant_id = $1 AND j1.id = r.company_id WHERE r.tenant_id = $1")]
    [InlineData("SELECT c.id FROM contacts AS c INNER JOIN companies AS o ON c.tenant_id = o.tenant_id AND c.company_id = o.id WHERE c.tenant_id = @tenant")]
    [InlineData("WITH o AS (SELECT * FROM contacts WHERE tenant_id = $1 AND id = $2 FOR UPDATE) UPDATE contacts t SET x = 1 FROM o WHERE t.tenant_id = $1 AND t.id = o.id")]
    [InlineData("INSERT INTO changes (tenant_id, id) SELECT $1, r.id FROM r")]
    [InlineData("INSERT INTO \"contacts\" (\"id\", \"tenant_id\") VALUES (@p0, @p1)")]
    [InlineData("DELETE FROM contacts WHERE tenant_id = $1 AND id = $2")]
    [InlineData("SELECT id FROM users WHERE id = $1")]
    public void A_statement_that_says_the_tenant_passes(string sql) => Check.Findings(sql).ShouldBeEmpty();

    [Theory]
    [InlineData("SELECT r.id FROM contacts r WHERE r.id = $2")]
    [InlineData("SELECT r.id FROM contacts r LEFT JOIN companies j1 ON j1.id = r.company_id WHERE r.tenant_id = $1")]
    [InlineData("SELECT id FROM contacts WHERE id = $1")]
    [InlineData("SELECT c.id FROM \"contacts\" AS c WHERE c.\"deleted_at\" IS NULL")]
    [InlineData("SELECT 1 FROM contacts v WHERE v.tenant_id = $1 AND EXISTS (SELECT 1 FROM companies v WHERE v.id = $2)")]
    [InlineData("WITH o AS (SELECT * FROM contacts WHERE id = $2) SELECT * FROM contacts WHERE tenant_id = $1")]
    [InlineData("UPDATE contacts t SET x = 1 FROM o WHERE t.id = o.id")]
    [InlineData("UPDATE contacts SET x = 1 WHERE id = $1")]
    [InlineData("DELETE FROM contacts WHERE id = $1")]
    [InlineData("DELETE FROM contacts t USING companies c WHERE t.tenant_id = $1 AND c.id = t.company_id")]
    [InlineData("INSERT INTO contacts (id) VALUES ($1)")]
    [InlineData("SELECT r.id FROM contacts r WHERE r.tenant_id IS NOT NULL")]
    public void A_statement_without_the_tenant_is_noticed(string sql) => Check.Findings(sql).ShouldNotBeEmpty();
}
