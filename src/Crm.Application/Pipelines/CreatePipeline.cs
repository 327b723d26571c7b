using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Pipelines;

/// <summary>Creates a pipeline; its stages are created one by one.</summary>
/// <param name="Input">Its fields.</param>
[Requires("pipelines:write")]
public sealed record CreatePipeline(RecordInput<Pipeline> Input) : ICommand<RecordDocument>, IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}

internal sealed class CreatePipelineHandler(IRecordStore records) : IRequestHandler<CreatePipeline, RecordDocument>
{
    public Task<RecordDocument> Handle(CreatePipeline request, CancellationToken cancellationToken)
    {
        var pipeline = new Pipeline { Id = request.Input.Id };
        request.Input.ApplyTo(pipeline);
        return records.CreateAsync(pipeline, cancellationToken);
    }
}
