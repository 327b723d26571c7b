using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Pipelines;

/// <summary>Changes the fields of a stage that were sent.</summary>
/// <param name="Id">The stage.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("pipelines:write")]
public sealed record UpdateStage(Guid Id, RecordInput<Stage> Input, int? ExpectedVersion) : ICommand<RecordDocument>, IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}

internal sealed class UpdateStageHandler(IRecordStore records) : IRequestHandler<UpdateStage, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateStage request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}
