using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Pipelines;
using Crm.Domain.Pipelines;

namespace Crm.Api.Pipelines;

/// <summary>Pipelines over HTTP.</summary>
internal sealed class PipelineEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Pipeline>()
        .List(query => new ListPipelines(query))
        .Query(query => new QueryPipelines(query))
        .Get((id, selection) => new GetPipeline(id, selection))
        .Create(input => new CreatePipeline(input))
        .Update((id, input, version) => new UpdatePipeline(id, input, version))
        .Delete((id, version, purge) => new DeletePipeline(id, version, purge))
        .Restore((id, version) => new RestorePipeline(id, version));
}
