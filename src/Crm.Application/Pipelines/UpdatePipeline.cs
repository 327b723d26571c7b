using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Pipelines;

/// <summary>Changes the fields of a pipeline that were sent.</summary>
/// <param name="Id">The pipeline.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("pipelines:write")]
public sealed record UpdatePipeline(Guid Id, RecordInput<Pipeline> Input, int? ExpectedVersion) : ICommand<RecordDocument>, IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}

internal sealed class UpdatePipelineHandler(IRecordStore records) : IRequestHandler<UpdatePipeline, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdatePipeline request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
