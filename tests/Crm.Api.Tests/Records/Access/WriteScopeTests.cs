using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>What a member may read and not change: the record is there, and stays as it is.</summary>
[Collection(Restricted.Name)]
public sealed class WriteScopeTests(RestrictedFixture fixture)
{
    public static TheoryData<string> Collections => [.. RestrictedFixture.Restrictable];

    public static TheoryData<string, string> CollectionsAndActions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var plural in RestrictedFixture.Restrictable)
            {
                foreach (var action in new[] { "write", "delete", "purge" })
                    data.Add(plural, action);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CollectionsAndActions))]
    public async Task Only_what_the_permission_covers_can_be_changed(string plural, string scoped)
    {
        var (me, other) = (await fixture.NewScopedAsync([scoped]), await fixture.NewPersonAsync());
        var stage = (Guid)(await fixture.Owner.SendAsync("GET", "/api/v1/stages?sort=-position")).Body!["data"]![0]!["id"]!;
        List<(string Action, bool Trashed, string Method, string Path, object? Body)> requests =
        [
            ("write", false, "PATCH", "", new { ownerId = me.Id }), ("write", false, "PATCH", "", new { }), ("delete", false, "POST", "/restore", null), ("delete", true, "POST", "/restore", null),
            ("delete", false, "DELETE", "", null), ("purge", false, "DELETE", "?purge=true", null), ("purge", true, "DELETE", "?purge=true", null),
        ];
        if (plural == "deals")
            requests.AddRange([("write", false, "POST", "/move", new { stageId = stage }), ("write", false, "PATCH", "", new { amount = new { amount = "1", currency = "USD" } })]);

        foreach (var (action, isTrashed, method, path, body) in requests)
        {
            foreach (var owner in new Guid?[] { null, other.Id, me.Id })
            {
                var id = await fixture.MakeAsync(plural, owner);
                if (isTrashed)
                    await fixture.Owner.SendAsync("DELETE", $"/api/v1/{plural}/{id}");
                var before = await fixture.StateAsync(plural, id);
                var answer = await me.Client.SendAsync(method, $"/api/v1/{plural}/{id}{path}", body);

                // Purging takes both permissions, so that both must cover the record.
                if (owner == me.Id || !(action == scoped || (action == "purge" && scoped == "delete")))
                {
                    ((int)answer.Status).ShouldBeOneOf([200, 204], $"{method} {path} {answer.Text}");
                    continue;
                }

                answer.Status.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path} {answer.Text}");
                answer.Code.ShouldBe("record_out_of_scope");
                (await fixture.StateAsync(plural, id)).ShouldBe(before, $"{method} {path}");

                // Who may not change a record is told so before its version is looked at.
                (await me.Client.SendAsync(method, $"/api/v1/{plural}/{id}{path}", body, ("If-Match", "\"99\""))).Code.ShouldBe("record_out_of_scope");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task A_new_record_belongs_to_whoever_sees_or_writes_only_some_owners_records(string plural)
    {
        var other = await fixture.NewPersonAsync();
        foreach (var scoped in new[] { "read", "write" })
        {
            var me = await fixture.NewScopedAsync([scoped]);
            (await me.Client.CreateAsync(plural, RestrictedFixture.Least(plural, null, "New")))["ownerId"]!.GetValue<Guid>().ShouldBe(me.Id);
            var forOther = await me.Client.SendAsync("POST", "/api/v1/" + plural, RestrictedFixture.Least(plural, other.Id, "New"));
            if (scoped == "read")
                forOther.Status.ShouldBe(HttpStatusCode.Created);
            else
                forOther.Code.ShouldBe("record_out_of_scope");
        }

        // Whom nothing restricts may leave a record without an owner.
        (await other.Client.CreateAsync(plural, RestrictedFixture.Least(plural, null, "New")))["ownerId"].ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public async Task A_record_can_be_handed_over_and_is_gone_then(string plural)
    {
        var other = await fixture.NewPersonAsync();
        var me = await fixture.NewScopedAsync(["read", "write"]);
        var id = await fixture.MakeAsync(plural, me.Id);

        var handed = await me.Client.SendAsync("PATCH", $"/api/v1/{plural}/{id}", new { ownerId = other.Id });
        handed.Status.ShouldBe(HttpStatusCode.OK, handed.Text);
        handed.Body!["ownerId"]!.GetValue<Guid>().ShouldBe(other.Id);
        handed.Headers["ETag"].ShouldBe("\"2\"");
        (await me.Client.SendAsync("GET", $"/api/v1/{plural}/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await me.Client.SendAsync("PATCH", $"/api/v1/{plural}/{id}", new { ownerId = me.Id })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Purging_clears_references_whoever_owns_the_records_that_hold_them()
    {
        var other = await fixture.NewPersonAsync();
        var me = await fixture.NewScopedAsync(["read", "write", "delete", "purge"]);
        var company = await fixture.MakeAsync("companies", me.Id);
        var contact = (Guid)(await fixture.Owner.CreateAsync("contacts", new { lastName = "Kept", companyId = company, ownerId = other.Id }))["id"]!;

        (await me.Client.SendAsync("DELETE", $"/api/v1/companies/{company}?purge=true")).Status.ShouldBe(HttpStatusCode.NoContent);
        var kept = await fixture.Owner.SendAsync("GET", $"/api/v1/contacts/{contact}");
        kept.Body!["companyId"].ShouldBeNull();
        kept.Body["ownerId"]!.GetValue<Guid>().ShouldBe(other.Id);
    }

    [Fact]
    public async Task A_deal_is_moved_by_whoever_may_write_it_between_cards_of_others()
    {
        var me = await fixture.NewScopedAsync(["write"]);
        var pipeline = await fixture.Owner.CreateAsync("pipelines", new { name = "Scoped " + Guid.NewGuid().ToString("N") });
        var stage = (Guid)(await fixture.Owner.CreateAsync("stages", new { name = "One", pipelineId = (Guid)pipeline["id"]!, kind = "open", probability = 10 }))["id"]!;
        async Task<Guid> CardAsync(Guid? owner) => (Guid)(await fixture.Owner.CreateAsync("deals", new { name = "Card", stageId = stage, ownerId = owner }))["id"]!;
        var (first, second, mine) = (await CardAsync(null), await CardAsync(null), await CardAsync(me.Id));

        var moved = await me.Client.SendAsync("POST", $"/api/v1/deals/{mine}/move", new { stageId = stage, afterId = first, beforeId = second });
        moved.Status.ShouldBe(HttpStatusCode.OK, moved.Text);
        var board = await me.Client.SendAsync("POST", "/api/v1/deals/board", new { pipelineId = (Guid)pipeline["id"]! });
        board.Body!["columns"]![0]!["cards"]!.AsArray().Select(c => (Guid)c!["id"]!).ShouldBe([first, mine, second]);
    }
}
