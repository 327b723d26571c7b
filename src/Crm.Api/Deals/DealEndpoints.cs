using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Deals;
using Crm.Application.Records;
using Crm.Domain.Deals;

namespace Crm.Api.Deals;

/// <summary>Deals over HTTP.</summary>
internal sealed class DealEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapRecords<Deal>()
            .List(query => new ListDeals(query))
            .Query(query => new QueryDeals(query))
            .Get((id, selection) => new GetDeal(id, selection))
            .Create(input => new CreateDeal(input))
            .Update((id, input, version) => new UpdateDeal(id, input, version))
            .Delete((id, version, purge) => new DeleteDeal(id, version, purge))
            .Restore((id, version) => new RestoreDeal(id, version));

        var type = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(Deal));
        app.MapOperation("POST", "/api/v1/deals/{id}/move", new Operation(typeof(MoveDeal), "Move a deal on the board.") { Record = type, Body = typeof(MoveDealBody), Conflicts = ["neighbours_not_in_order", "concurrent_change"] }, async context =>
        {
            var move = await context.ReadJsonAsync(DealJson.Default.MoveDealBody);
            await context.WriteRecordAsync(await context.SendAtVersionAsync(version => new MoveDeal(context.ReadId(type), move.StageId, move.BeforeId, move.AfterId, version ?? move.Version)));
        }).WithTags(type.Plural);
    }
}
