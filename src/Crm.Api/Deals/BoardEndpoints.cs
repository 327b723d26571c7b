using System.ComponentModel.DataAnnotations;
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

    /// <summary>Which board, and what of it.</summary>
    /// <param name="PipelineId">The pipeline; the tenant's first when left out.</param>
    /// <param name="StageId">One stage, to read further cards of it.</param>
    /// <param name="Filter">Which deals, in the filter language.</param>
    /// <param name="Fields">Fields of the cards; all when left out.</param>
    /// <param name="Expand">Relations of the cards.</param>
    /// <param name="Limit">Cards per column, 1–200; 20 when left out.</param>
    /// <param name="Cursor">A column's nextCursor, with its stageId.</param>
    internal sealed record BoardBody(
        Guid? PipelineId, Guid? StageId, [property: RecordPart(RecordPart.Filter)] JsonElement? Filter, [property: RecordPart(RecordPart.Fields)] IReadOnlyList<string>? Fields,
        [property: RecordPart(RecordPart.Expand)] IReadOnlyList<string>? Expand, int? Limit, string? Cursor);

    /// <summary>A board.</summary>
    /// <param name="Columns">One for each stage, in order.</param>
    internal sealed record BoardAnswer(IReadOnlyList<BoardAnswerColumn> Columns);

    /// <summary>A column.</summary>
    /// <param name="Stage">Its stage.</param>
    /// <param name="Count">How many deals stand in it.</param>
    /// <param name="Amounts">What they are worth, one sum for each currency.</param>
    /// <param name="Cards">The first deals, or those behind the cursor.</param>
    /// <param name="NextCursor">Where its next cards begin; null when there are none.</param>
    internal sealed record BoardAnswerColumn(BoardStage Stage, long Count, IReadOnlyList<Money> Amounts, [property: RecordPart(RecordPart.Record)] IReadOnlyList<JsonElement> Cards, string? NextCursor);

    /// <summary>A stage as a board shows it.</summary>
    /// <param name="Id">The stage.</param>
    /// <param name="PipelineId">Its pipeline.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Kind">open, won or lost.</param>
    /// <param name="Probability">Percent.</param>
    internal sealed record BoardStage(Guid Id, Guid PipelineId, string Name, [property: AllowedValues("open", "won", "lost")] string Kind, int Probability);

    /// <summary>A page of a stage history, oldest first.</summary>
    /// <param name="Data">The entries.</param>
    /// <param name="Page">Where it goes on.</param>
    internal sealed record StageHistoryAnswer(IReadOnlyList<StageHistoryEntry> Data, PageInfo Page);

    /// <summary>A deal came from one stage into another.</summary>
    /// <param name="Id">The entry.</param>
    /// <param name="FromStageId">The stage it left; null for its first.</param>
    /// <param name="ToStageId">The stage it entered.</param>
    /// <param name="At">When.</param>
    internal sealed record StageHistoryEntry(Guid Id, Guid? FromStageId, Guid ToStageId, DateTime At);
}
