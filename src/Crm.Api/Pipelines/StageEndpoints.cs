using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Pipelines;
using Crm.Domain.Pipelines;

namespace Crm.Api.Pipelines;

/// <summary>Stages over HTTP.</summary>
internal sealed class StageEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Stage>()
        .List(query => new ListStages(query))
        .Query(query => new QueryStages(query))
        .Get((id, selection) => new GetStage(id, selection))
        .Create(input => new CreateStage(input))
        .Update((id, input, version) => new UpdateStage(id, input, version))
        .Delete((id, version, purge) => new DeleteStage(id, version, purge))
        .Restore((id, version) => new RestoreStage(id, version));
}
