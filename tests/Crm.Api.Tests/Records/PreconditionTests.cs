using System.Net;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>Which versions a client may name, and how (RFC 9110, 13.1).</summary>
public sealed class PreconditionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Theory]
    [InlineData("\"2\"", 200)]
    [InlineData("\"1\", \"2\"", 200)]
    [InlineData("\"3\",\"2\"", 200)]
    [InlineData(", \"other,\" , \"2\",", 200)]
    [InlineData("*", 200)]
    [InlineData("\"1\", \"3\"", 412)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("\"1\", W/\"2\"", 412)]
    [InlineData("\"other\"", 412)]
    [InlineData("\"\"", 412)]
    [InlineData("\"+2\"", 412)]
    public async Task A_record_is_changed_when_its_version_is_among_those_named_strongly(string ifMatch, int status)
    {
        var path = await AtSecondVersionAsync();

        var changed = await Client.SendAsync("PATCH", path, new { name = "Third" }, ("If-Match", ifMatch));

        ((int)changed.Status).ShouldBe(status, changed.Text);
        if (status == 412)
            changed.Body!["current"]!["version"]!.GetValue<int>().ShouldBe(2);
        (await Client.SendAsync("GET", path)).Body!["name"]!.GetValue<string>().ShouldBe(status == 200 ? "Third" : "Second");
    }

    [Theory]
    [InlineData("2", 1)]
    [InlineData("\"2", 1)]
    [InlineData("w/\"2\"", 1)]
    [InlineData("\"", 1)]
    [InlineData("\"2\" \"3\"", 1)]
    [InlineData("\"2\", *", 1)]
    [InlineData("2, \"2\", W/3", 2)]
    [InlineData(" , ", 1)]
    public async Task What_is_no_entity_tag_is_refused_and_all_of_it_is_told(string tags, int faults)
    {
        var path = await AtSecondVersionAsync();

        foreach (var (method, header, body) in new[] { ("PATCH", "If-Match", new { name = "Third" }), ("DELETE", "If-Match", (object?)null), ("GET", "If-None-Match", null) })
        {
            var answer = await Client.SendAsync(method, path, body, (header, tags));
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Faults.ShouldBe(Enumerable.Repeat($"{header} invalid_entity_tag", faults));
        }

        (await Client.SendAsync("GET", path)).Body!["name"]!.GetValue<string>().ShouldBe("Second");
    }

    [Fact]
    public async Task At_most_twenty_versions_are_named()
    {
        var path = await AtSecondVersionAsync();
        string Tags(int count) => string.Join(",", Enumerable.Range(2, count).Select(v => $"\"{v}\""));

        (await Client.SendAsync("PATCH", path, new { name = "Third" }, ("If-Match", Tags(21)))).Faults.ShouldBe(["If-Match too_many"]);
        (await Client.SendAsync("PATCH", path, new { name = "Third" }, ("If-Match", Tags(20)))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Settings_are_changed_when_their_version_is_among_those_named()
    {
        const string path = "/api/v1/admin/settings";
        var version = int.Parse((await Client.SendAsync("GET", path)).Headers["ETag"].Trim('"'), System.Globalization.CultureInfo.InvariantCulture);

        (await Client.SendAsync("PATCH", path, new { name = "Several" }, ("If-Match", $"\"{version + 1}\", \"{version - 1}\""))).Code.ShouldBe("stale_version");
        (await Client.SendAsync("PATCH", path, new { name = "Several" }, ("If-Match", $"\"{version + 1}\", \"{version}\""))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/errors")]
    [InlineData("/api/v1/products/{id}")]
    public async Task What_is_known_is_not_sent_again_wherever_its_tag_stands_in_the_list(string path)
    {
        path = path.Replace("{id}", (await Client.CreateAsync("products", new { name = "Known" }))["id"]!.GetValue<string>(), StringComparison.Ordinal);
        var tag = (await GetAsync(null)).Tag;

        foreach (var known in new[] { tag, $"\"x\", {tag}", $"W/{tag}", "*" })
            (await GetAsync(known)).Status.ShouldBe(HttpStatusCode.NotModified, known);
        (await GetAsync("\"x\", W/\"y\"")).Status.ShouldBe(HttpStatusCode.OK);

        async Task<(HttpStatusCode Status, string Tag)> GetAsync(string? known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (known is not null)
                request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (response.StatusCode, response.Headers.ETag!.Tag);
        }
    }

    private async Task<string> AtSecondVersionAsync()
    {
        var path = $"/api/v1/products/{(await Client.CreateAsync("products", new { name = "First" }))["id"]}";
        (await Client.SendAsync("PATCH", path, new { name = "Second" })).Status.ShouldBe(HttpStatusCode.OK);
        return path;
    }
}
