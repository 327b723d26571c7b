using System.Net;
using Crm.Api.Tests.Imports;
using Crm.Application.Authorization;
using Crm.Domain.Identity;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>Imports see and change what their maker may, row by row.</summary>
[Collection(Restricted.Name)]
public sealed class RestrictedImportTests(RestrictedFixture fixture)
{
    private static readonly object ByExternalId = new { key = "externalId", columns = new object[] { new { field = "externalId", column = "id" }, new { field = "name", column = "name" } } };

    [Fact]
    public async Task A_key_finds_ones_own_records_alone_and_a_taken_value_fails_its_row()
    {
        var (me, other) = (await fixture.NewScopedAsync(["read"]), await fixture.NewPersonAsync());
        var (mine, theirs) = (await DealAsync(me.Id), await DealAsync(other.Id));

        var job = await me.Client.ImportToTheEndAsync($"id,name\n{mine},Changed\n{theirs},Changed\nnew-{mine},Made\n", "deal", ByExternalId);

        job.Counts().ShouldBe("1/1/1/0");
        (await me.Client.FaultsAsync(job)).ShouldBe([$"3 error id taken {theirs}"]);
        (await fixture.Owner.CountAsync("deals", $"filter[externalId]={theirs}&filter[name]=Changed")).ShouldBe(0);
        (await fixture.Owner.CountAsync("deals", $"filter[externalId]=new-{mine}&filter[ownerId]={me.Id}")).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_would_change_what_may_only_be_read_fails_and_the_others_go_through()
    {
        var (me, other) = (await fixture.NewScopedAsync(["write"]), await fixture.NewPersonAsync());
        var (mine, theirs) = (await DealAsync(me.Id), await DealAsync(other.Id));
        var mapping = new { key = "externalId", columns = new object[] { new { field = "externalId", column = "id" }, new { field = "name", column = "name" }, new { field = "ownerId", column = "owner" } } };

        var job = await me.Client.ImportToTheEndAsync($"id,name,owner\n{theirs},Changed,\n{mine},Changed,\nfor-{theirs},Made,{other.Id}\nfor-{mine},Made,\n", "deal", mapping);

        job.Counts().ShouldBe("1/1/2/0");
        (await me.Client.FaultsAsync(job)).ShouldBe(["2 error - record_out_of_scope -", "4 error - record_out_of_scope -"]);
        (await fixture.Owner.CountAsync("deals", $"filter[externalId]={theirs}&filter[name]=Changed")).ShouldBe(0);
        (await fixture.Owner.CountAsync("deals", $"filter[externalId]=for-{theirs}")).ShouldBe(0);
    }

    [Fact]
    public async Task A_reference_is_looked_up_among_what_may_be_read()
    {
        var (me, other) = (await fixture.NewScopedAsync(["read"]), await fixture.NewPersonAsync());
        var name = "Hidden " + Guid.NewGuid().ToString("N");
        var company = await fixture.MakeAsync("companies", other.Id, name);
        var mapping = new { columns = new object[] { new { field = "lastName", column = "name" }, new { field = "companyId", column = "company", lookup = "name" } } };

        var job = await me.Client.ImportToTheEndAsync($"name,company\nA,{name}\nB,Never was\n", "contact", mapping);
        (await me.Client.FaultsAsync(job)).ShouldBe([$"2 error company reference_not_found {name}", "3 error company reference_not_found Never was"]);

        // By its id it is found no more than by its name.
        var byId = await me.Client.ImportToTheEndAsync($"name,company\nA,{company}\n", "contact", new { columns = new object[] { new { field = "lastName", column = "name" }, new { field = "companyId", column = "company" } } });
        (await me.Client.FaultsAsync(byId)).ShouldBe([$"2 error company reference_not_found {company}"]);
    }

    [Fact]
    public async Task Without_a_field_that_every_record_needs_an_import_is_refused_unless_it_only_changes()
    {
        var me = await fixture.NewPersonAsync();
        fixture.Restrict(me, FieldRules.Read, "deals.name");
        var external = await DealAsync(me.Id);
        object[] columns = [new { field = "externalId", column = "id" }, new { field = "description", column = "text" }];

        (await me.Client.ImportAsync("id,text\nx,y\n", "deal", new { columns })).Code.ShouldBe("field_restricted");
        var job = await me.Client.ImportToTheEndAsync($"id,text\n{external},Told\nnone-{external},Lost\n", "deal", new { key = "externalId", columns });
        job.Counts().ShouldBe("0/1/1/0");
    }

    [Fact]
    public async Task A_rule_that_comes_while_an_import_runs_ends_it()
    {
        var me = await fixture.NewPersonAsync();
        var rows = string.Concat(Enumerable.Range(1, 8000).Select(i => $"Name {i},Series\n"));
        var accepted = await me.Client.ImportAsync("name,series\n" + rows, "product", new { columns = new object[] { new { field = "name", column = "name" }, new { field = "series", column = "series" } } });
        accepted.Status.ShouldBe(HttpStatusCode.Accepted, accepted.Text);
        await Until.ShouldBe(() => fixture.Owner.JobAsync(accepted.Headers["Location"]), j => j["done"]!.GetValue<long>() > 0, TimeSpan.FromMinutes(1));

        fixture.Restrict(me, FieldRules.Read, "products.series");
        var job = await fixture.Owner.EndOfAsync(accepted.Headers["Location"]);
        job["status"]!.GetValue<string>().ShouldBe("failed", job.ToJsonString());
        job["result"]!["error"]!["code"]!.GetValue<string>().ShouldBe("field_restricted");
        fixture.Give(me, RecordGrants.Full);
        (await me.Client.FaultsAsync(job)).ShouldBeEmpty();
    }

    private async Task<string> DealAsync(Guid ownerId)
    {
        var externalId = Guid.NewGuid().ToString("N");
        await fixture.Owner.CreateAsync("deals", new { name = "Before", externalId, ownerId });
        return externalId;
    }
}
