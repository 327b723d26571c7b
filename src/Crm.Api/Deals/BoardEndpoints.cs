using System.Text.Json;
using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Deals;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Api.Deals;

/// <summary>The board and the stage history over HTTP.</summary>
internal sealed class BoardEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var deals = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(Deal));
        app.MapOperation("POST", "/api/v1/deals/board", new Operation(typeof(GetDealBoard), "Read the board of a pipeline.") { Record = deals, Body = typeof(BoardBody), Answer = typeof(BoardAnswer) }, async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            var columns = await context.SendAsync(new BoardReader(deals, context.QueryReader(deals)).Read(body.RootElement));
            await context.WriteJsonAsync(StatusCodes.Status200OK, writer => Write(writer, columns));
        }).WithTags(deals.Plural);

        app.MapOperation("GET", "/api/v1/deals/{id}/stage-history", new Operation(typeof(GetStageHistory), "Read the stages a deal has gone through.") { Record = deals, Answer = typeof(StageHistoryAnswer), QueryParameters = ["limit", "cursor"] }, async context =>
        {
            var limit = context.ReadLimit();
            var page = await context.SendAsync(new GetStageHistory(context.ReadId(deals), limit, context.ReadParameter("cursor")));
            await context.WriteJsonAsync(StatusCodes.Status200OK, writer => JsonSerializer.Serialize(writer, new StageHistoryAnswer(
                [.. page.Data.Select(c => new StageHistoryEntry(c.Id, c.FromStageId, c.ToStageId, c.At.UtcDateTime))], PageInfo.Of(page.NextCursor)), JsonSerializerOptions.Web));
        }).WithTags(deals.Plural);
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
