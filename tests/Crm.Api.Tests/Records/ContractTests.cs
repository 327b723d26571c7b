using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

public sealed class ContractTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Collections = ["companies", "contacts", "products", "pipelines", "stages", "deals"];

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task What_does_not_exist_is_404_for_every_verb_and_every_record_type()
    {
        foreach (var collection in Collections)
        {
            foreach (var id in new[] { Guid.NewGuid().ToString(), "no-uuid", "00000000000000000000000000000000" })
            {
                (await Client.SendAsync("GET", $"/api/v1/{collection}/{id}")).Code.ShouldBe("not_found");
                (await Client.SendAsync("PATCH", $"/api/v1/{collection}/{id}", new { name = "x" }.For(collection))).Code.ShouldBe("not_found");
                (await Client.SendAsync("DELETE", $"/api/v1/{collection}/{id}")).Code.ShouldBe("not_found");
                (await Client.SendAsync("DELETE", $"/api/v1/{collection}/{id}?purge=true")).Code.ShouldBe("not_found");
                (await Client.SendAsync("POST", $"/api/v1/{collection}/{id}/restore")).Code.ShouldBe("not_found");
            }
        }
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_gets_401_before_anything_is_looked_at()
    {
        using var stranger = fixture.Api.CreateClient();

        foreach (var collection in Collections)
        {
            foreach (var (method, path) in new[] { ("GET", ""), ("POST", ""), ("POST", "/query"), ("GET", "/x"), ("PATCH", "/x"), ("DELETE", "/x"), ("POST", "/x/restore") })
            {
                var answer = await stranger.SendAsync(method, $"/api/v1/{collection}{path}?nonsense=1");
                answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
                answer.Headers["WWW-Authenticate"].ShouldStartWith("Bearer");
            }
        }
    }

    [Fact]
    public async Task A_record_that_is_known_is_not_sent_again()
    {
        var product = await Client.CreateAsync("products", new { name = "Known" });
        var path = $"/api/v1/products/{product["id"]}";

        var known = await Client.SendAsync("GET", path, null, ("If-None-Match", "\"1\""));
        var weak = await Client.SendAsync("GET", path, null, ("If-None-Match", "\"7\", W/\"1\""));
        var unknown = await Client.SendAsync("GET", path, null, ("If-None-Match", "\"2\""));
        var partial = await Client.SendAsync("GET", path + "?fields=name", null, ("If-None-Match", "\"1\""));

        (known.Status, known.Text, known.Headers["ETag"]).ShouldBe((HttpStatusCode.NotModified, "", "\"1\""));
        weak.Status.ShouldBe(HttpStatusCode.NotModified);
        unknown.Status.ShouldBe(HttpStatusCode.OK);
        partial.Status.ShouldBe(HttpStatusCode.OK);
        partial.Headers.Keys.ShouldNotContain("ETag");
    }

    [Fact]
    public async Task A_client_may_choose_the_id_once()
    {
        var id = Guid.CreateVersion7();
        (await Client.SendAsync("POST", "/api/v1/products", new { id, name = "Mine" })).Headers["Location"].ShouldBe($"/api/v1/products/{id}");

        var again = await Client.SendAsync("POST", "/api/v1/products", new { id, name = "Mine" });

        (again.Status, again.Code).ShouldBe((HttpStatusCode.Conflict, "id_taken"));
    }

    [Fact]
    public async Task A_unique_value_is_taken_while_its_record_lives()
    {
        var first = await Client.CreateAsync("products", new { name = "First", code = "SKU-1" });
        (await Client.SendAsync("POST", "/api/v1/products", new { name = "Second", code = "SKU-1" })).Body!["member"]!.GetValue<string>().ShouldBe("code");
        await Client.SendAsync("DELETE", $"/api/v1/products/{first["id"]}");
        await Client.CreateAsync("products", new { name = "Second", code = "SKU-1" });

        var restored = await Client.SendAsync("POST", $"/api/v1/products/{first["id"]}/restore");

        (restored.Status, restored.Code).ShouldBe((HttpStatusCode.Conflict, "taken"));
    }

    [Fact]
    public async Task A_reference_into_the_trash_leads_nowhere_and_relations_to_it_read_as_empty()
    {
        var company = await Client.CreateAsync("companies", new { name = "Gone" });
        var contact = await Client.CreateAsync("contacts", new { lastName = "Left", companyId = (Guid)company["id"]! });
        await Client.SendAsync("DELETE", $"/api/v1/companies/{company["id"]}");

        (await Client.SendAsync("POST", "/api/v1/contacts", new { lastName = "Late", companyId = (Guid)company["id"]! })).Faults.ShouldBe(["/companyId reference_not_found"]);
        (await Client.SendAsync("PATCH", $"/api/v1/contacts/{contact["id"]}", new { lastName = "Late", companyId = (Guid)company["id"]! })).Faults.ShouldBe(["/companyId reference_not_found"]);
        var read = await Client.SendAsync("GET", $"/api/v1/contacts/{contact["id"]}?expand=company");
        read.Body!["companyId"]!.GetValue<Guid>().ShouldBe((Guid)company["id"]!);
        read.Body["company"].ShouldBeNull();
    }

    [Fact]
    public async Task A_stage_with_live_deals_cannot_be_deleted()
    {
        var pipeline = await Client.CreateAsync("pipelines", new { name = "Renewals" });
        var stage = await Client.CreateAsync("stages", new { name = "Asked", pipelineId = (Guid)pipeline["id"]! });
        var deal = await Client.CreateAsync("deals", new { name = "Renewal", stageId = (Guid)stage["id"]! });

        var refused = await Client.SendAsync("DELETE", $"/api/v1/stages/{stage["id"]}");
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "in_use"));
        await Client.SendAsync("DELETE", $"/api/v1/deals/{deal["id"]}");
        (await Client.SendAsync("DELETE", $"/api/v1/stages/{stage["id"]}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Client.SendAsync("POST", $"/api/v1/deals/{deal["id"]}/restore")).Code.ShouldBe("needs_live_records");
        (await Client.SendAsync("DELETE", $"/api/v1/stages/{stage["id"]}?purge=true")).Code.ShouldBe("in_use");
    }

    [Fact]
    public async Task A_closed_stage_has_the_probability_of_its_kind_and_refuses_any_other()
    {
        var pipeline = await Client.CreateAsync("pipelines", new { name = "Certain" });
        var pipelineId = (Guid)pipeline["id"]!;

        (await Client.SendAsync("POST", "/api/v1/stages", new { name = "Won?", pipelineId, kind = "won", probability = 40 })).Faults.ShouldBe(["/probability fixed_probability"]);
        (await Client.CreateAsync("stages", new { name = "Won", pipelineId, kind = "won", probability = 100 }))["probability"]!.GetValue<int>().ShouldBe(100);
        (await Client.CreateAsync("stages", new { name = "Done", pipelineId, kind = "won" }))["probability"]!.GetValue<int>().ShouldBe(100);
        var lost = await Client.CreateAsync("stages", new { name = "Lost", pipelineId, kind = "lost" });
        (await Client.SendAsync("PATCH", $"/api/v1/stages/{lost["id"]}", new { probability = 1 })).Faults.ShouldBe(["/probability fixed_probability"]);
    }

    [Fact]
    public async Task Companies_form_a_hierarchy_never_a_circle()
    {
        var a = await Client.CreateAsync("companies", new { name = "A" });
        var b = await Client.CreateAsync("companies", new { name = "B", parentId = (Guid)a["id"]! });
        var c = await Client.CreateAsync("companies", new { name = "C", parentId = (Guid)b["id"]! });

        (await Client.SendAsync("PATCH", $"/api/v1/companies/{a["id"]}", new { parentId = (Guid)c["id"]! })).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
        (await Client.SendAsync("PATCH", $"/api/v1/companies/{a["id"]}", new { parentId = (Guid)a["id"]! })).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
        (await Client.SendAsync("GET", $"/api/v1/companies/{c["id"]}?expand=parent.parent")).Body!["parent"]!["parent"]!["name"]!.GetValue<string>().ShouldBe("A");
    }

    [Fact]
    public async Task At_most_twenty_companies_stand_above_one_another_whichever_end_a_line_grows_at()
    {
        var (upper, lower) = (await LineAsync(20), await LineAsync(11));

        (await Client.SendAsync("PATCH", $"/api/v1/companies/{lower[0]}", new { parentId = upper[10] })).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
        (await Client.SendAsync("PATCH", $"/api/v1/companies/{lower[0]}", new { parentId = upper[9] })).Status.ShouldBe(HttpStatusCode.OK);
        (await Client.SendAsync("POST", "/api/v1/companies", new { name = "Too deep", parentId = lower[10] })).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
        await Client.CreateAsync("companies", new { name = "Deep enough", parentId = upper[19] });

        async Task<List<Guid>> LineAsync(int length)
        {
            var line = new List<Guid>();
            for (var i = 0; i < length; i++)
                line.Add((Guid)(await Client.CreateAsync("companies", new { name = $"Level {i}", parentId = i == 0 ? (Guid?)null : line[^1] }))["id"]!);
            return line;
        }
    }

    [Fact]
    public async Task A_company_in_the_trash_still_stands_between_those_above_and_below_it()
    {
        var top = await Client.CreateAsync("companies", new { name = "Top" });
        var middle = await Client.CreateAsync("companies", new { name = "Middle", parentId = (Guid)top["id"]! });
        var bottom = await Client.CreateAsync("companies", new { name = "Bottom", parentId = (Guid)middle["id"]! });
        await Client.SendAsync("DELETE", $"/api/v1/companies/{middle["id"]}");

        // Otherwise restoring the one in the middle would close the circle.
        (await Client.SendAsync("PATCH", $"/api/v1/companies/{top["id"]}", new { parentId = (Guid)bottom["id"]! })).Faults.ShouldBe(["/parentId not_a_hierarchy"]);
    }

    [Fact]
    public async Task A_number_that_leaves_the_range_of_its_column_is_refused()
    {
        var company = await Client.CreateAsync("companies", new { name = "Changed often" });
        await using var source = NpgsqlDataSource.Create(fixture.Api.Database.SuperConnectionString);
        await using var command = source.CreateCommand("UPDATE companies SET version = 2147483647 WHERE id = $1");
        command.Parameters.Add(new() { Value = (Guid)company["id"]! });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await Client.SendAsync("PATCH", $"/api/v1/companies/{company["id"]}", new { name = "Once more" })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_patch_names_one_half_of_an_amount_and_clears_by_null()
    {
        var deal = await Client.CreateAsync("deals", new { name = "Half", amount = new { amount = "10", currency = "EUR" } });
        var path = $"/api/v1/deals/{deal["id"]}";
        var product = await Client.CreateAsync("products", new { name = "Half", price = new { amount = "10", currency = "EUR" } });

        (await Client.SendAsync("PATCH", path, new { amount = new { amount = "12.34" } })).Body!["amount"]!.ToJsonString().ShouldBe("""{"amount":"12.34","currency":"EUR"}""");
        (await Client.SendAsync("PATCH", path, new { amount = new { currency = "JPY" } })).Faults.ShouldBe(["/amount invalid_money"]);
        (await Client.SendAsync("PATCH", path, new { amount = (object?)null })).Body!["amount"].ShouldBeNull();
        (await Client.SendAsync("PATCH", path, new { amount = new { amount = "1" } })).Faults.ShouldBe(["/amount invalid_money"]);
        (await Client.SendAsync("PATCH", $"/api/v1/products/{product["id"]}", new { price = new { amount = "11" } })).Body!["price"]!["currency"]!.GetValue<string>().ShouldBe("EUR");
    }

    [Fact]
    public async Task A_contact_needs_a_name_or_an_address()
    {
        (await Client.SendAsync("POST", "/api/v1/contacts", new { jobTitle = "Ghost" })).Faults.ShouldBe([" contact_without_identity"]);
        var contact = await Client.CreateAsync("contacts", new { emails = new[] { new { value = "only@isdom.example", label = "work" } } });
        contact["name"]!.GetValue<string>().ShouldBe("only@isdom.example");
        (await Client.SendAsync("PATCH", $"/api/v1/contacts/{contact["id"]}", new { emails = Array.Empty<object>() })).Faults.ShouldBe([" contact_without_identity"]);
        (await Client.SendAsync("GET", "/api/v1/contacts?filter[emails][any]=ONLY@isdom.example")).Ids.ShouldBe([(Guid)contact["id"]!]);
    }

    [Theory]
    [InlineData("{", "application/json", 400, "validation_failed")]
    [InlineData("""{"name":"a","name":"b"}""", "application/json", 400, "validation_failed")]
    [InlineData("[]", "application/json", 400, "validation_failed")]
    [InlineData("""{"name":"\u0000"}""", "application/json", 400, "validation_failed")]
    [InlineData("""{"name":"\ud800"}""", "application/json", 400, "validation_failed")]
    [InlineData("""{"name":"a"}""", "text/plain", 415, "unsupported_media_type")]
    [InlineData("""{"name":"a"}""", "application/json; charset=utf-16", 415, "unsupported_media_type")]
    [InlineData("[]", "application/json; charset=\"utf-8\"", 400, "validation_failed")]
    public async Task A_body_that_is_not_the_right_JSON_is_refused(string body, string mediaType, int status, string code)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var response = await Client.PostAsync("/api/v1/products", content, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain($"\"code\":\"{code}\"");
    }

    [Fact]
    public async Task Bodies_too_large_too_deep_or_not_UTF_8_are_refused()
    {
        (await Post(Encoding.UTF8.GetBytes($$"""{"name":"a","description":"{{new string('x', 1_100_000)}}"}"""))).ShouldBe(413);
        (await Post(Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100)))).ShouldBe(400);
        (await Post([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8])).ShouldBe(400);

        async Task<int> Post(byte[] body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/products") { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");

            // A body that is refused by its length is not read: the client waits for leave to send it, instead of losing the answer over
            // it.
            request.Headers.ExpectContinue = true;
            using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Unknown_addresses_and_methods_keep_their_own_status()
    {
        (await Client.SendAsync("GET", "/api/v1/nothing")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(HttpStatusCode.NotFound), a => a.Code.ShouldBe("route_not_found"));
        (await Client.SendAsync("PUT", "/api/v1/products")).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(HttpStatusCode.MethodNotAllowed), a => a.Code.ShouldBe("method_not_allowed"), a => a.Headers["Allow"].ShouldContain("POST"));
    }

    [Fact]
    public async Task Of_many_who_change_the_same_version_at_once_one_succeeds()
    {
        foreach (var (collection, record) in new[] { ("companies", (object)new { name = "Raced" }), ("deals", new { name = "Raced" }) })
        {
            var created = await Client.CreateAsync(collection, record);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
                Client.SendAsync("PATCH", $"/api/v1/{collection}/{created["id"]}", new { name = $"Racer {i}" }, ("If-Match", "\"1\""))));

            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Code == "stale_version" && (int)a.Body!["current"]!["version"]! == 2);
        }
    }

    [Fact]
    public async Task Of_many_who_change_any_version_at_once_all_succeed_one_after_the_other()
    {
        foreach (var (collection, record) in new[] { ("companies", (object)new { name = "Queued" }), ("deals", new { name = "Queued" }) })
        {
            var created = await Client.CreateAsync(collection, record);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Client.SendAsync("PATCH", $"/api/v1/{collection}/{created["id"]}", new { name = $"Number {i}" })));

            answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
            answers.Select(a => (int)a.Body!["version"]!).Order().ShouldBe(Enumerable.Range(2, 8));
        }
    }
}

internal static class Bodies
{
    /// <summary>A patch that every record type takes: contacts have no name to set.</summary>
    public static object For(this object named, string collection) => collection == "contacts" ? new { lastName = "x" } : named;
}
