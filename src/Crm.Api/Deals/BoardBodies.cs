using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Api.Http;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Api.Deals;

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
/// <param name="Amounts">What they are worth, one sum for each currency; none where the caller's role hides amounts.</param>
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
