using System.Net;
using System.Text;
using Crm.Api.Tests.OpenApi;
using Crm.Api.Tests.Records;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

/// <summary>Bodies sent to operations that take none.</summary>
public sealed class BodyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task Every_operation_that_documents_no_body_refuses_one_and_does_nothing()
    {
        using var operators = await Identity.People.CreateOperatorAsync(fixture.Api);
        var operations = (await ApiDocument.ReadAsync(fixture.Api)).Operations.Where(o => o.Node["requestBody"] is null).ToList();
        foreach (var operation in operations)
        {
            var path = operation.Path.Replace("{name}", "contact", StringComparison.Ordinal).Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal);
            var client = operation.Path.StartsWith("/api/v1/host/", StringComparison.Ordinal) ? operators : Client;

            var answer = await client.SendAsync(operation.Method, path, new { x = 1 });

            (operation.Id, answer.Status, answer.Code).ShouldBe((operation.Id, HttpStatusCode.BadRequest, "validation_failed"));
            answer.Faults.ShouldBe([" body_not_taken"], operation.Id);
        }

        operations.Select(o => o.Method).Distinct().ShouldBe(["GET", "POST", "PUT", "DELETE"], ignoreOrder: true);
        operations.Count.ShouldBeGreaterThan(30);
        (await Client.SendAsync("GET", "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_may_not_call_is_told_that_first()
    {
        (await fixture.Api.CreateClient().SendAsync("GET", "/api/v1/me", new { x = 1 })).Code.ShouldBe("unauthenticated");
        (await Client.SendAsync("GET", "/api/v1/host/tenants", new { x = 1 })).Code.ShouldBe("host_only");
    }

    [Theory]
    [InlineData("", false, HttpStatusCode.OK)]
    [InlineData("", true, HttpStatusCode.OK)]
    [InlineData("x", false, HttpStatusCode.BadRequest)]
    [InlineData("x", true, HttpStatusCode.BadRequest)]
    public async Task An_empty_body_is_none_also_in_chunks(string body, bool inChunks, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.TransferEncodingChunked = inChunks;

        (await Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(expected);
    }
}
