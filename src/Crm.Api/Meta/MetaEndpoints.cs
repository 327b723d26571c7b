using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Api.Http;
using Crm.Application.Meta;

namespace Crm.Api.Meta;

/// <summary>What the API knows of itself at run time.</summary>
internal sealed class MetaEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", "/api/v1/meta/objects", new Operation(typeof(ListRecordTypes), "List the record types.") { Answer = typeof(RecordTypeList) }, async context =>
            await context.WriteJsonAsync(StatusCodes.Status200OK, await context.SendAsync(new ListRecordTypes()), MetaJson.Default.RecordTypeList));
        app.MapOperation("GET", "/api/v1/meta/objects/{name}", new Operation(typeof(GetRecordType), "Read one record type.") { Answer = typeof(RecordTypeDto) }, async context =>
            await context.WriteJsonAsync(StatusCodes.Status200OK, await context.SendAsync(new GetRecordType(context.ReadText("name"))), MetaJson.Default.RecordTypeDto));
    }
}

/// <summary>How the answers about record types look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RecordTypeList))]
internal sealed partial class MetaJson : JsonSerializerContext;
