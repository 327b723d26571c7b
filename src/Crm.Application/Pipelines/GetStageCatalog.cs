using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Pipelines;
using MediatR;

namespace Crm.Application.Pipelines;

/// <summary>
/// All live stages of the tenant, in the order of pipelines and of stages. Every deal that is made or moved asks for them, so they are
/// cached; a command here that changes them forgets them at once, another node serves the old ones for a second at most.
/// </summary>
[SignedIn]
public sealed record GetStageCatalog : IQuery<StageCatalog>, ICachedQuery
{
    /// <summary>What a command invalidates that changes pipelines or stages.</summary>
    internal static (Type Query, string CacheKey)[] Stale { get; } = [(typeof(GetStageCatalog), "all")];

    /// <inheritdoc />
    public string CacheKey => "all";

    /// <inheritdoc />
    public TimeSpan CacheFor => TimeSpan.FromSeconds(1);
}

/// <summary>The tenant's live stages.</summary>
/// <param name="Stages">In the order of pipelines and of stages; to be read only.</param>
public sealed record StageCatalog(IReadOnlyList<Stage> Stages)
{
    /// <summary>Finds a stage.</summary>
    public Stage? Find(Guid id) => Stages.FirstOrDefault(s => s.Id == id);

    /// <summary>The stage a deal begins in: the first open one.</summary>
    public Stage? First(Guid? pipelineId) => Stages.FirstOrDefault(s => s.Kind == StageKinds.Open && (pipelineId is null || s.PipelineId == pipelineId));
}

internal sealed class GetStageCatalogHandler(IRecordStore records, RecordModel types) : IRequestHandler<GetStageCatalog, StageCatalog>
{
    public async Task<StageCatalog> Handle(GetStageCatalog request, CancellationToken cancellationToken)
    {
        var type = types.Of(typeof(Stage));
        var pipeline = type.Relation("pipeline")!;
        var query = new RecordQuery
        {
            Type = type,
            Selection = RecordSelection.Whole(type),
            Limit = RecordLimits.LargestPage,
            Sort =
            [
                new(new FieldPath([pipeline], pipeline.Target.Field("position")!), Descending: false),
                new(new FieldPath([], type.Field("pipelineId")!), Descending: false),
                new(new FieldPath([], type.Field("position")!), Descending: false),
            ],
        };

        var stages = new List<Stage>();
        do
        {
            var page = await records.ListAsync(query, cancellationToken);
            stages.AddRange(page.Data.Select(Read));
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
        return new StageCatalog(stages);
    }

    private static Stage Read(RecordDocument stage) => new()
    {
        Id = stage.Id,
        PipelineId = (Guid)stage.Value("pipelineId")!,
        Name = (string)stage.Value("name")!,
        Kind = (string)stage.Value("kind")!,
        Probability = (int)stage.Value("probability")!,
        Position = (int)stage.Value("position")!,
    };
}
