using Crm.Domain.Common;

namespace Crm.Domain.Pipelines;

/// <summary>A way of selling: an ordered row of stages that a deal goes through.</summary>
public sealed class Pipeline : Record
{
    private readonly List<Stage> _stages = [];

    /// <summary>The name it goes by; unique among live pipelines.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it stands among the tenant's pipelines, from 0.</summary>
    public int Position { get; set; }

    /// <summary>Its stages; loaded only with the aggregate.</summary>
    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>Adds a stage behind the ones there are.</summary>
    /// <param name="name">The stage's name, unique within the pipeline.</param>
    /// <param name="kind">One of <see cref="StageKinds"/>.</param>
    /// <param name="probability">Percent, 0–100; ignored for won and lost stages, where it is 100 and 0.</param>
    /// <returns>The new stage.</returns>
    public Stage AddStage(string name, string kind, int probability)
    {
        var stage = new Stage { PipelineId = Id, Name = name, Kind = kind, Position = _stages.Count, Probability = StageKinds.Probability(kind, probability) };
        _stages.Add(stage);
        return stage;
    }
}
