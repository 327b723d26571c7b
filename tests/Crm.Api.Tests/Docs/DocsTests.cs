using System.Net;
using System.Text.RegularExpressions;
using Crm.Api.Tests.Records;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Docs;

public sealed partial class DocsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/docs", "text/html")]
    [InlineData("/docs/errors", "text/html")]
    [InlineData("/docs/reference.js", "text/javascript")]
    [InlineData("/docs/docs.css", "text/css")]
    [InlineData("/docs/icon.svg", "image/svg+xml")]
    public async Task The_pages_are_for_everybody_and_may_load_nothing_but_themselves(string path, string mediaType)
    {
        using var client = fixture.Api.CreateClient();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe($"{mediaType}; charset=utf-8");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("http");
        Loaded().Matches(text).Select(m => m.Groups[1].Value).ShouldAllBe(url => url.StartsWith('/'));
        text.ShouldNotContain("<script>");
        text.ShouldNotContain("style=");
        text.ShouldNotContain("innerHTML");
    }

    [Fact]
    public async Task What_the_pages_load_is_there()
    {
        using var client = fixture.Api.CreateClient();
        foreach (var page in new[] { "/docs", "/docs/errors" })
        {
            var html = await client.GetStringAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
            foreach (var url in Loaded().Matches(html).Select(m => m.Groups[1].Value))
                (await client.GetAsync(new Uri(url, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK, url);
        }
    }

    [Fact]
    public async Task Every_code_in_the_source_has_its_entry_and_every_entry_its_code()
    {
        using var client = fixture.Api.CreateClient();
        var html = await client.GetStringAsync(new Uri("/docs/errors", UriKind.Relative), TestContext.Current.CancellationToken);
        var listed = Anchor().Matches(html).Select(m => m.Groups[1].Value).ToList();
        var source = ErrorCodes.Sources().ToDictionary(file => file, File.ReadAllText);

        listed.ShouldBeUnique();
        source.SelectMany(file => ErrorCodes.In(file.Key, file.Value)).Distinct().Except(listed).ShouldBeEmpty();
        listed.Where(code => !source.Values.Any(text => text.Contains($"\"{code}\"", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Codes_are_found_wherever_they_are_made()
    {
        const string source = """
            new([FieldError.At("/a", "one_a", "Words.")]); FieldError.In(name, "two", $"x"); .WithErrorCode("three").WithMessage("x");
            throw new ForbiddenException("four", "x"); => new("five", "x"); new(a == "id" ? "six" : "seven", "x"); faults.Add(new("eight", "x"));
            fault("sort", "nine", "x"); fault(list, list == "fields" ? "ten" : "eleven", new(status, "Title words", "twelve", "x"); : CrmException("thirteen", "x");
            new JobFault(row.Number, FaultSeverities.Error, null, "fourteen", reason, null)
            """;

        ErrorCodes.In("XErrors.cs", source).Order().ShouldBe(new[] { "one_a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen" }.Order());
    }

    [GeneratedRegex("(?:src|href)=\"([^\"#]+)\"")]
    private static partial Regex Loaded();

    [GeneratedRegex("<tr id=\"([a-z_]+)\">")]
    private static partial Regex Anchor();
}
