using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>Puts a pipeline in the trash, or removes it for good.</summary>
/// <param name="Id">The pipeline.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, which needs <c>pipelines:purge</c>.</param>
[Requires("pipelines:delete")]
public sealed record DeletePipeline(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Pipeline>(Id, ExpectedVersion, Purge), IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}

/// <summary>Takes a pipeline out of the trash.</summary>
/// <param name="Id">The pipeline.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("pipelines:delete")]
public sealed record RestorePipeline(Guid Id, int? ExpectedVersion) : RestoreRecord<Pipeline>(Id, ExpectedVersion), IInvalidates
{
    /// <inheritdoc />
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => GetStageCatalog.Stale;
}
