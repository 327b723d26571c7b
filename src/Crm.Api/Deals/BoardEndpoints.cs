using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Deals;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Deals;
using MediatR;

namespace Crm.Api.Deals;

/// <summary>The board and the stage history over HTTP.</summary>
internal sealed class BoardEndpoints : IEndpointGroup
{
    private const int DefaultLimit = 20;
    private static readonly string[] QueryMembers = ["filter", "fields", "expand", "limit", "cursor"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var deals = app.ServiceProvider.GetRequiredService<RecordTypes>().Of(typeof(Deal));
        app.MapOperation("POST", "/api/v1/deals/board", new Operation(typeof(GetDealBoard), "Read the board of a pipeline.") { Record = deals, Body = typeof(BoardBody), Answer = typeof(BoardAnswer) }, async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            var request = Read(context, deals, body.RootElement);
            var columns = await context.RequestServices.GetRequiredService<IMediator>().Send(request, context.RequestAborted);
            await context.WriteJsonAsync(StatusCodes.Status200OK, writer => Write(writer, columns));
        }).WithTags(deals.Plural);

        app.MapOperation("GET", "/api/v1/deals/{id}/stage-history", new Operation(typeof(GetStageHistory), "Read the stages a deal has gone through.") { Record = deals, Answer = typeof(StageHistoryAnswer), QueryParameters = ["limit", "cursor"] }, async context =>
        {
            var limit = context.ReadLimit();
            var cursor = context.Request.Query.TryGetValue("cursor", out var sent) ? sent.ToString() : null;
            var page = await context.RequestServices.GetRequiredService<IMediator>().Send(new GetStageHistory(context.ReadId(deals), limit, cursor), context.RequestAborted);
            await context.WriteJsonAsync(StatusCodes.Status200OK, writer => JsonSerializer.Serialize(writer, new StageHistoryAnswer(
                [.. page.Data.Select(c => new StageHistoryEntry(c.Id, c.FromStageId, c.ToStageId, c.At.UtcDateTime))], new PageInfo(page.NextCursor, page.NextCursor is not null)), JsonSerializerOptions.Web));
        }).WithTags(deals.Plural);
    }

    private static GetDealBoard Read(HttpContext context, RecordDescription deals, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidException([FieldError.At("", "invalid_type", "Expected an object.")]);

        var errors = new List<FieldError>();
        var query = new JsonObject { ["limit"] = DefaultLimit };
        Guid? pipelineId = null, stageId = null;
        foreach (var member in body.EnumerateObject())
        {
            switch (member.Name)
            {
                case "pipelineId": pipelineId = Id(member, errors); break;
                case "stageId": stageId = Id(member, errors); break;
                case var name when QueryMembers.Contains(name) && member.Value.ValueKind == JsonValueKind.Null: break;
                case var name when QueryMembers.Contains(name): query[name] = JsonNode.Parse(member.Value.GetRawText()); break;
                default: errors.Add(FieldError.At("/" + member.Name, "unknown_member", "There is no such member.")); break;
            }
        }

        if (query["cursor"] is not null && stageId is null)
            errors.Add(FieldError.At("/cursor", "contradiction", "A cursor belongs to one column; name its stageId."));
        var caller = context.RequestServices.GetRequiredService<ICaller>();
        var currency = context.RequestServices.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo?.Currency ?? "";
        try
        {
            using var text = JsonDocument.Parse(query.ToJsonString());
            var read = new RecordQueryReader(deals, caller.Permissions, currency).ReadBody(text.RootElement);
            if (errors.Count == 0)
                return new GetDealBoard(pipelineId, stageId, read with { Sort = BoardQuery.Order(deals) });
        }
        catch (InvalidException invalid)
        {
            errors.AddRange(invalid.Errors);
        }

        throw new InvalidException(errors);
    }

    private static Guid? Id(JsonProperty member, List<FieldError> errors)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return null;
        if (member.Value.ValueKind == JsonValueKind.String && Guid.TryParseExact(member.Value.GetString(), "D", out var id))
            return id;
        errors.Add(FieldError.At("/" + member.Name, "invalid_type", "Expected a UUID."));
        return null;
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<BoardColumn> columns)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("columns");
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("stage");
            JsonSerializer.Serialize(writer, new BoardStage(column.Stage.Id, column.Stage.PipelineId, column.Stage.Name, column.Stage.Kind, column.Stage.Probability), JsonSerializerOptions.Web);
            writer.WriteNumber("count", column.Count);
            writer.WriteStartArray("amounts");
            foreach (var amount in column.Amounts)
                JsonValueWriter.WriteMoney(writer, amount.Minor, amount.Currency);
            writer.WriteEndArray();
            writer.WriteStartArray("cards");
            foreach (var card in column.Cards.Data)
                card.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteString("nextCursor", column.Cards.NextCursor);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
