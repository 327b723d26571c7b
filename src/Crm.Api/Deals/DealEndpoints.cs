using System.Text.Json;
using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Deals;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Deals;
using MediatR;

namespace Crm.Api.Deals;

/// <summary>Deals over HTTP.</summary>
internal sealed class DealEndpoints : IEndpointGroup
{
    private static readonly string[] MoveMembers = ["stageId", "beforeId", "afterId", "version"];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapRecords<Deal>()
            .List(query => new ListDeals(query))
            .Query(query => new QueryDeals(query))
            .Get((id, selection) => new GetDeal(id, selection))
            .Create(input => new CreateDeal(input))
            .Update((id, input, version) => new UpdateDeal(id, input, version))
            .Delete((id, version, purge) => new DeleteDeal(id, version, purge))
            .Restore(id => new RestoreDeal(id));

        var type = app.ServiceProvider.GetRequiredService<RecordTypes>().Of(typeof(Deal));
        app.MapOperation("POST", "/api/v1/deals/{id}/move", new Operation(typeof(MoveDeal), "Move a deal on the board.") { Record = type, Body = typeof(MoveDealBody), Conflicts = ["neighbours_not_in_order", "concurrent_change"] }, async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            var move = MoveDealBody.Read(body.RootElement);
            var id = context.ReadId(type);
            var version = context.ReadExpectedVersion() ?? move.Version;
            var deal = await context.RequestServices.GetRequiredService<IMediator>()
                .Send(new MoveDeal(id, move.StageId, move.BeforeId, move.AfterId, version), context.RequestAborted);
            await context.WriteRecordAsync(deal);
        }).WithTags(type.Plural);
    }

    /// <summary>Where a deal is moved to.</summary>
    /// <param name="StageId">The stage to stand in.</param>
    /// <param name="BeforeId">The card to stand directly before.</param>
    /// <param name="AfterId">The card to stand directly behind.</param>
    /// <param name="Version">The version the client has read.</param>
    private sealed record MoveDealBody(Guid StageId, Guid? BeforeId, Guid? AfterId, int? Version)
    {
        public static MoveDealBody Read(JsonElement body)
        {
            var errors = new List<FieldError>();
            if (body.ValueKind != JsonValueKind.Object)
                throw new InvalidException([FieldError.At("", "invalid_type", "Expected an object.")]);
            foreach (var member in body.EnumerateObject().Where(m => !MoveMembers.Contains(m.Name)))
                errors.Add(FieldError.At("/" + member.Name, "unknown_member", "There is no such member."));

            var stageId = Id(body, "stageId", errors);
            if (stageId is null && errors.Count == 0)
                errors.Add(FieldError.At("/stageId", "required", "This member is required."));
            var move = new MoveDealBody(stageId ?? default, Id(body, "beforeId", errors), Id(body, "afterId", errors), Number(body, "version", errors));
            return errors.Count == 0 ? move : throw new InvalidException(errors);
        }

        private static Guid? Id(JsonElement body, string name, List<FieldError> errors)
        {
            if (!body.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
                return null;
            if (member.ValueKind == JsonValueKind.String && Guid.TryParseExact(member.GetString(), "D", out var id))
                return id;
            errors.Add(FieldError.At("/" + name, "invalid_type", "Expected a UUID."));
            return null;
        }

        private static int? Number(JsonElement body, string name, List<FieldError> errors)
        {
            if (!body.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
                return null;
            if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number))
                return number;
            errors.Add(FieldError.At("/" + name, "invalid_type", "Expected a whole number."));
            return null;
        }
    }
}
