using System.Security.Cryptography;
using Crm.Application.Audit;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Audit;

/// <summary>Whoever has the database, but not the key, leaves a trace whatever is done to the log.</summary>
public sealed class TamperTests(AuditFixture fixture) : IClassFixture<AuditFixture>
{
    // The entry in the middle of a tenant's sealed log.
    private const string Middle = "(SELECT c.id FROM changes c WHERE c.tenant_id = $1 ORDER BY sequence OFFSET 4 LIMIT 1)";
    private const string Next = "(SELECT c.id FROM changes c WHERE c.tenant_id = $1 ORDER BY sequence OFFSET 5 LIMIT 1)";
    private const string Last = "(SELECT c.id FROM changes c WHERE c.tenant_id = $1 ORDER BY sequence DESC LIMIT 1)";

    public static TheoryData<string, string, string> Tampering { get; } = new()
    {
        { "a value is changed", $"UPDATE changes SET fields = fields || '{{\"name\": {{\"from\": null, \"to\": \"x\"}}}}' WHERE tenant_id = $1 AND id = {Middle}", "was changed" },
        { "an actor is changed", $"UPDATE changes SET actor_id = gen_random_uuid() WHERE tenant_id = $1 AND id = {Middle}", "was changed" },
        { "an address is changed", $"UPDATE changes SET address = '192.0.2.99' WHERE tenant_id = $1 AND id = {Middle}", "was changed" },
        { "a time is changed", $"UPDATE changes SET at = at + interval '1 microsecond' WHERE tenant_id = $1 AND id = {Middle}", "was changed" },
        { "a session is changed", $"UPDATE changes SET session_id = gen_random_uuid() WHERE tenant_id = $1 AND id = {Middle}", "was changed" },
        { "an entry is removed", $"DELETE FROM changes WHERE tenant_id = $1 AND id = {Middle}", "was removed" },
        { "the last entry is removed", $"DELETE FROM changes WHERE tenant_id = $1 AND id = {Last}", "was removed" },
        { "all entries are removed", "DELETE FROM changes WHERE tenant_id = $1", "was removed" },
        { "an entry is moved behind the seals", $"UPDATE changes SET transaction_id = '9000000000000000000', sequence = 9000000000000000000 WHERE tenant_id = $1 AND id = {Middle}", "was removed" },
        {
            "an entry is put in",
            $"INSERT INTO changes SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'sequence', -1))).* FROM changes c WHERE c.tenant_id = $1 AND c.id = {Middle}",
            "was put in"
        },
        {
            "two entries take each other's place",
            $"""
            UPDATE changes c SET sequence = o.sequence, transaction_id = o.transaction_id FROM changes o
            WHERE c.tenant_id = $1 AND o.tenant_id = $1 AND c.id IN ({Middle}, {Next}) AND o.id IN ({Middle}, {Next}) AND c.id <> o.id
            """,
            "was changed"
        },
        { "a seal in between is removed", "DELETE FROM change_seals WHERE tenant_id = $1 AND number = 2", "seal 2 is missing" },
        { "the first seal is removed", "DELETE FROM change_seals WHERE tenant_id = $1 AND number = 1", "seal 1 is missing" },
        { "a seal is changed", "UPDATE change_seals SET contents = '' WHERE tenant_id = $1 AND number = 2", "seal 2 was changed" },
        { "a signature is changed", "UPDATE change_seals SET signature = sha256(signature) WHERE tenant_id = $1 AND number = 2", "seal 2 was not signed" },
        { "a seal is another's", "UPDATE change_seals s SET contents = o.contents, hash = o.hash, signature = o.signature, previous_hash = o.previous_hash FROM change_seals o WHERE s.tenant_id = $1 AND o.tenant_id = $1 AND s.number = 3 AND o.number = 2", "seal 3 was changed" },
    };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Tampering_is_found_and_named(string what, string sql, string finding)
    {
        var tenant = await SealThriceAsync();
        (await fixture.VerifyAsync(tenant.Id)).Fault.ShouldBeNull(what);

        (await fixture.RunAsync(sql, tenant.Id)).ShouldBeGreaterThan(0, what);

        (await fixture.VerifyAsync(tenant.Id)).Fault.ShouldNotBeNull(what).ShouldContain(finding, Case.Sensitive, what);
    }

    [Fact]
    public async Task The_entry_that_was_changed_is_named()
    {
        var tenant = await SealThriceAsync();
        var id = await fixture.ScalarAsync<Guid>(Middle, tenant.Id);
        await fixture.RunAsync("UPDATE changes SET origin = 'Nothing' WHERE tenant_id = $1 AND id = $2", tenant.Id, id);

        (await fixture.VerifyAsync(tenant.Id)).Fault.ShouldNotBeNull().ShouldContain(id.ToString());
    }

    [Fact]
    public async Task Seals_made_anew_without_the_key_are_found()
    {
        var tenant = await SealThriceAsync();
        await fixture.RunAsync("UPDATE changes SET origin = 'Nothing' WHERE tenant_id = $1", tenant.Id);
        await fixture.RunAsync("DELETE FROM change_seals WHERE tenant_id = $1", tenant.Id);
        await fixture.RunAsync("DELETE FROM log_cursors WHERE tenant_id = $1", tenant.Id);
        await fixture.RunAsync("UPDATE log_queue SET read_to = '0' WHERE tenant_id = $1", tenant.Id);
        await using var forger = await fixture.Api.StartNodeAsync(
            null, ("Audit:SealKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), ("Audit:SealInterval", "01:00:00"));
        var forged = forger.Services.GetRequiredService<ISeals>();
        await Until.ShouldBe(
            async () =>
            {
                await forged.SealAsync(TestContext.Current.CancellationToken);
                return await forged.HeadAsync(tenant.Id, TestContext.Current.CancellationToken);
            },
            head => head is not null, TimeSpan.FromSeconds(30));

        (await forged.VerifyAsync(tenant.Id, null, TestContext.Current.CancellationToken)).Fault.ShouldBeNull();
        (await fixture.VerifyAsync(tenant.Id)).Fault.ShouldNotBeNull().ShouldContain("seal 1 was not signed");
    }

    [Fact]
    public async Task A_past_key_still_verifies_what_it_signed()
    {
        var tenant = await SealThriceAsync();
        var secrets = await File.ReadAllTextAsync(Path.Combine(fixture.Api.Home, "secrets.json"), TestContext.Current.CancellationToken);
        var past = System.Text.Json.Nodes.JsonNode.Parse(secrets)!["sealKey"]!.GetValue<string>();
        await using var rotated = await fixture.Api.StartNodeAsync(
            null, ("Audit:SealKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), ("Audit:PastSealKeys:0", past), ("Audit:SealInterval", "01:00:00"));

        (await rotated.Services.GetRequiredService<ISeals>().VerifyAsync(tenant.Id, null, TestContext.Current.CancellationToken)).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task A_log_cut_off_at_a_seal_is_found_by_the_head_that_was_kept_elsewhere()
    {
        var tenant = await SealThriceAsync();
        var head = (await fixture.Seals.HeadAsync(tenant.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (await fixture.VerifyAsync(tenant.Id, head.Hash)).Fault.ShouldBeNull();

        await fixture.RunAsync("DELETE FROM changes c USING change_seals s WHERE c.tenant_id = $1 AND s.tenant_id = $1 AND s.number = 2 AND (c.transaction_id, c.sequence) > (s.last_transaction_id, s.last_sequence)", tenant.Id);
        await fixture.RunAsync("DELETE FROM change_seals WHERE tenant_id = $1 AND number > 2", tenant.Id);

        (await fixture.VerifyAsync(tenant.Id)).Fault.ShouldBeNull("nothing in the database tells of it");
        (await fixture.VerifyAsync(tenant.Id, head.Hash)).Fault.ShouldNotBeNull().ShouldContain("no seal has the hash");
    }

    [Theory]
    [InlineData("UPDATE host_changes SET fields = '{}' WHERE id = $1", "was changed")]
    [InlineData("UPDATE host_changes SET subject = 'user:x' WHERE id = $1", "was changed")]
    [InlineData("DELETE FROM host_changes WHERE id = $1", "was removed")]
    public async Task Tampering_with_the_hosts_log_is_found(string sql, string finding)
    {
        await using var api = await ApiHost.StartAsync(("Audit:SealInterval", "01:00:00"));
        await api.CreateTenantAsync("acme");
        var seals = api.Services.GetRequiredService<ISeals>();
        await Until.ShouldBe(
            async () =>
            {
                await seals.SealAsync(TestContext.Current.CancellationToken);
                return await seals.VerifyAsync(null, null, TestContext.Current.CancellationToken);
            },
            report => report is { Unsealed: 0, Entries: > 0, Fault: null }, TimeSpan.FromSeconds(30));

        await using var superuser = NpgsqlDataSource.Create(api.Database.SuperConnectionString);
        await using var read = superuser.CreateCommand("SELECT id FROM host_changes ORDER BY sequence LIMIT 1");
        var id = (Guid)(await read.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        await using var tamper = superuser.CreateCommand(sql);
        tamper.Parameters.Add(new() { Value = id });
        await tamper.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await seals.VerifyAsync(null, null, TestContext.Current.CancellationToken)).Fault.ShouldNotBeNull().ShouldContain(finding);
    }

    // Three seals or more: what another transaction of the server keeps waiting comes into a seal of its own.
    private async Task<TestTenant> SealThriceAsync()
    {
        var tenant = await fixture.NewTenantAsync();
        for (var i = 0; i < 3; i++)
        {
            await tenant.Client.CreateAsync("companies", new { name = $"Company {i}" });
            await fixture.SealAllAsync(tenant.Id);
        }

        return tenant;
    }
}
