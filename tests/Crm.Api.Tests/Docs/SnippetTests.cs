using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Docs;

/// <summary>What the documentation tells a reader to send is sent.</summary>
public sealed partial class SnippetTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task The_first_call_of_the_README_works_as_written()
    {
        await fixture.Client.CreateAsync("deals", new { name = "Snippet", stageId = (await fixture.Client.SendAsync("GET", "/api/v1/stages?filter[kind]=won")).Ids[0] });
        var snippet = FirstCall().Match(await ReadAsync("README.md")).Groups["code"].Value;
        snippet.ShouldContain("base=http://127.0.0.1:5080\n");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, ".crm"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".crm", "demo.json"), JsonSerializer.Serialize(
            new
            {
                baseUrl = fixture.Api.BaseAddress.ToString(),
                host = new { email = "host@example.example", password = ApiHost.NewPassword() },
                tenants = new[] { new { identifier = fixture.Tenant.Identifier, id = fixture.Tenant.Id, email = fixture.Tenant.Email, password = fixture.Tenant.Password } },
            },
            Indented), TestContext.Current.CancellationToken);

        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", snippet.Replace("base=http://127.0.0.1:5080", $"base={fixture.Api.BaseAddress.ToString().TrimEnd('/')}", StringComparison.Ordinal)])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        shell.ExitCode.ShouldBe(0, await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        output.ShouldContain("\"hasMore\":");
        output.ShouldContain("{\"group\":{\"owner.name\":");
    }

    [Fact]
    public async Task Every_request_of_the_guide_is_answered()
    {
        var requests = Requests().Matches(await ReadAsync("docs/api/guide.md"));

        requests.Count.ShouldBe(3);
        foreach (Match request in requests)
        {
            var (method, path, code) = (request.Groups["method"].Value, request.Groups["path"].Value.Trim(), request.Groups["code"].Value.Trim());
            var answer = method == "GET"
                ? await fixture.Client.SendAsync("GET", code)
                : await fixture.Client.SendAsync(method, path, JsonNode.Parse(code));
            answer.Status.ShouldBe(HttpStatusCode.OK, $"{code}\n{answer.Text}");
        }
    }

    private static async Task<string> ReadAsync(string file)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Crm.sln")))
            root = Path.GetDirectoryName(root.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new InvalidOperationException("The repository was not found.");
        return await File.ReadAllTextAsync(Path.Combine(root, file));
    }

    [GeneratedRegex(@"<!-- snippet: first-call -->\n```sh\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstCall();

    [GeneratedRegex(@"<!-- request: (?<method>[A-Z]+)(?<path>[^>]*?) -->\n```[a-z]*\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Requests();

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("crm-snippet-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
