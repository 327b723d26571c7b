using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.ApiKeys;
using Crm.Application.Records;
using Crm.Domain.ApiKeys;

namespace Crm.Api.ApiKeys;

/// <summary>API keys: made, seen, changed, rotated and revoked by signed-in users.</summary>
internal sealed class ApiKeyEndpoints : IEndpointGroup
{
    private const string Collection = "/api/v1/api-keys";
    private const string Item = Collection + "/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        var type = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(ApiKey));
        app.MapRecords<ApiKey>()
            .List(query => new ListApiKeys(query))
            .Query(query => new QueryApiKeys(query))
            .Get((id, selection) => new GetApiKey(id, selection))
            .Update((id, input, version) => new UpdateApiKey(id, input, version));
        app.MapOperation("POST", Collection, new Operation(typeof(CreateApiKey), "Make an API key; its secret is told in the answer alone.", OperationKind.Create)
        {
            Record = type,
            Body = typeof(CreateApiKey),
            Answer = typeof(IssuedApiKeyAnswer),
            SuccessStatus = StatusCodes.Status201Created,
            Conflicts = ["plan_limit_reached", "concurrent_change"],
        }, async context =>
        {
            var issued = await context.SendAsync(await context.ReadJsonAsync(ApiKeyJson.Default.CreateApiKey));
            context.Response.Headers.Location = $"{Collection}/{issued.ApiKey.Id:D}";
            await WriteAsync(context, StatusCodes.Status201Created, issued);
        }).WithTags(type.Plural);
        app.MapOperation("DELETE", Item, new Operation(typeof(RevokeApiKey), "Revoke an API key.", OperationKind.Delete)
        {
            Record = type,
            SuccessStatus = StatusCodes.Status204NoContent,
            Conflicts = ["concurrent_change"],
        }, async context =>
        {
            await context.SendAtVersionAsync(version => new RevokeApiKey(context.ReadId(type), version));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }).WithTags(type.Plural);
        app.MapOperation("POST", Item + "/rotate", new Operation(typeof(RotateApiKey), "Give an API key a new secret, told in the answer alone; the one before stays good for a while.")
        {
            Record = type,
            HeedsVersion = true,
            Body = typeof(RotateApiKeyBody),
            BodyIsOptional = true,
            Answer = typeof(IssuedApiKeyAnswer),
        }, async context =>
        {
            var rotate = await context.ReadJsonAsync(ApiKeyJson.Default.RotateApiKeyBody, body => new RotateApiKey(Guid.Empty, body.OverlapHours, null));
            await WriteAsync(context, StatusCodes.Status200OK, await context.SendAtVersionAsync(version => rotate with { Id = context.ReadId(type), ExpectedVersion = version }));
        }).WithTags(type.Plural);
        app.MapOperation("GET", Item + "/usage", new Operation(typeof(GetApiKeyUsage), "List what an API key was used for, latest hours first.")
        {
            Record = type,
            Answer = typeof(ApiKeyUsageAnswer),
            QueryParameters = ["limit", "cursor"],
        }, async context =>
        {
            var page = await context.SendAsync(new GetApiKeyUsage(context.ReadId(type), context.ReadLimit(), context.ReadParameter("cursor")));
            await context.WriteJsonAsync(StatusCodes.Status200OK, new ApiKeyUsageAnswer(page.Data, PageInfo.Of(page.NextCursor)), ApiKeyJson.Default.ApiKeyUsageAnswer);
        }).WithTags(type.Plural);
    }

    private static Task WriteAsync(HttpContext context, int status, IssuedApiKey issued)
    {
        context.Response.Headers.ETag = Answers.ETag(issued.ApiKey.Version);
        context.Response.Headers.CacheControl = "no-store";
        return context.WriteJsonAsync(status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("secret", issued.Secret);
            writer.WritePropertyName("apiKey");
            issued.ApiKey.WriteTo(writer);
            writer.WriteEndObject();
        });
    }
}
